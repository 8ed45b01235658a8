// Runs a CloudFront function: its source in the file that the first argument names; an event a line in, an answer out.
const { readFileSync } = require('fs');
const handler = new Function(`${readFileSync(process.argv[2])}; return handler;`)();
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
    process.stdout.write(JSON.stringify(handler(JSON.parse(line))) + '\n');
});
