// Runs at CloudFront for each request, before its cache is asked. Cookies and parameters are in the cache's key: what
// WordPress doesn't read of them must go, or no page would be found twice. The names are those of nginx's page cache.
var COOKIES = /^(?:@cookies@)/i;
var PATHS = /^(?:@paths@)(?:\/|$)/;
var PARAMETERS = /^(?:@parameters@)$/i;
var ADVERTISING = /^(?:@advertising@)$/;
// Read by PHP whatever their cookies: core's own scripts, and those of plugins.
var SCRIPTS = /\.php(?:\/|$)|^\/wp-admin(?:\/|$)/i;
var FILES = /^\/wp-(?:content|includes)\//;
var REFUSED = /@refused@^\/(?:healthz|readyz)$|^\/wp-content\/uploads\/.*\.(?:php\d?|phtml|phar|pht|phps)(?:$|[.\/])/i;

function has(pairs, pattern) {
    return Object.keys(pairs).some(function (name) { return pattern.test(name); });
}

function sent(request, name) {
    return request.headers[name] && request.headers[name].value;
}

// What nginx makes a page of its own for. One kind of it isn't in the key: a cookie puts it there.
function isPrivate(request) {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
        return true;
    }
    var body = ['content-length', 'transfer-encoding', 'content-type'].some(function (name) {
        return sent(request, name) && sent(request, name) !== '0';
    });
    if (sent(request, 'authorization') || body) {
        request.cookies['fleet-private'] = { value: '1' };
        return true;
    }
    return SCRIPTS.test(request.uri) || PATHS.test(request.uri) || has(request.querystring, PARAMETERS);
}

function handler(event) {
    var request = event.request;
    if (REFUSED.test(request.uri)) {
        return { statusCode: 404, statusDescription: 'Not Found' };
    }
    if (isPrivate(request)) {
        return request;
    }
    if (FILES.test(request.uri)) {
        request.cookies = {};
        return request;
    }
    // A site that keeps no pages reads what it likes.
    if (!@pages@ || has(request.cookies, COOKIES)) {
        return request;
    }
    request.cookies = {};
    Object.keys(request.querystring).forEach(function (name) {
        if (ADVERTISING.test(name)) {
            delete request.querystring[name];
        }
    });
    return request;
}
