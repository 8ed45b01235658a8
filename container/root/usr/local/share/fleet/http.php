<?php
/** One request, with a time by which it must be over. */

namespace Fleet;

final class Http {

	/**
	 * @param array<string, string> $headers
	 * @return array{int, string, string} Status, body, and AWS's name of an error if it came in a header.
	 * @throws AwsError When there is no answer in time.
	 */
	public static function ask( string $method, string $address, array $headers, string $body, float $deadline ): array {
		$kind    = '';
		$seconds = max( 0.001, $deadline - microtime( true ) );
		$lines   = array_map( fn( $name, $value ) => "$name: $value", array_keys( $headers ), $headers );
		$request = curl_init( $address );
		curl_setopt_array( $request, [
			CURLOPT_CUSTOMREQUEST  => $method,
			// Whoever answers 100 Continue late would cost a second.
			CURLOPT_HTTPHEADER     => [ ...$lines, 'Expect:' ],
			CURLOPT_RETURNTRANSFER => true,
			CURLOPT_PATH_AS_IS     => true,
			CURLOPT_PROTOCOLS      => CURLPROTO_HTTP | CURLPROTO_HTTPS,
			CURLOPT_NOSIGNAL       => true,
			CURLOPT_TIMEOUT_MS     => (int) ( 1000 * $seconds ) ?: 1,
			CURLOPT_HEADERFUNCTION => function ( $request, $line ) use ( &$kind ) {
				if ( preg_match( '/^x-amzn-errortype:\s*(\S+)/i', $line, $found ) ) {
					$kind = $found[1];
				}
				return strlen( $line );
			},
		] );
		if ( $body !== '' ) {
			curl_setopt( $request, CURLOPT_POSTFIELDS, $body );
		}
		$text = curl_exec( $request );
		if ( $text === false ) {
			throw new AwsError( parse_url( $address, PHP_URL_HOST ) . ': ' . curl_error( $request ) );
		}
		return [ curl_getinfo( $request, CURLINFO_RESPONSE_CODE ), $text, $kind ];
	}
}
