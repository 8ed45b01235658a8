<?php
/** Signature Version 4: what proves to AWS who asks, and that nobody changed it on the way. */

namespace Fleet;

final class AwsSignature {

	/** Sorted by encoded name, then value, as the signature wants them. */
	public static function query( array $query ): string {
		$pairs = [];
		foreach ( $query as $name => $value ) {
			$pairs[] = [ rawurlencode( (string) $name ), rawurlencode( $value ) ];
		}
		usort( $pairs, fn( $one, $other ) => strcmp( $one[0], $other[0] ) ?: strcmp( $one[1], $other[1] ) );
		return implode( '&', array_map( fn( $pair ) => "$pair[0]=$pair[1]", $pairs ) );
	}

	/**
	 * "Create a signed AWS API request" in the IAM guide.
	 *
	 * @param string                $path    Percent-encoded once.
	 * @param string                $query   As `query` gives it.
	 * @param array<string, string> $headers What is sent beside those that are added here.
	 * @param string                $hash    SHA-256 of the body.
	 * @return array<string, string> All headers to send, the signature among them.
	 */
	public static function signed( string $service, string $region, string $method, string $address, string $path, string $query, array $headers, string $hash, AwsCredentials $credentials, int $now ): array {
		$headers += [ 'Host' => preg_replace( '~^https?://~', '', $address ), 'X-Amz-Date' => gmdate( 'Ymd\THis\Z', $now ) ];
		if ( $credentials->token !== '' ) {
			$headers += [ 'X-Amz-Security-Token' => $credentials->token ];
		}
		$canonical = [];
		foreach ( $headers as $name => $value ) {
			$canonical[ strtolower( $name ) ] = trim( preg_replace( '/\s+/', ' ', $value ) );
		}
		ksort( $canonical );
		$names = implode( ';', array_keys( $canonical ) );
		$lines = implode( '', array_map( fn( $name, $value ) => "$name:$value\n", array_keys( $canonical ), $canonical ) );
		// The path is encoded once more, as all services but S3 want it.
		$twice   = $service === 's3' ? $path : implode( '/', array_map( 'rawurlencode', explode( '/', $path ) ) );
		$request = implode( "\n", [ $method, $twice, $query, $lines, $names, $hash ] );
		$scope   = gmdate( 'Ymd', $now ) . "/$region/$service/aws4_request";
		$text    = "AWS4-HMAC-SHA256\n{$headers['X-Amz-Date']}\n$scope\n" . hash( 'sha256', $request );
		$key     = "AWS4$credentials->secret";
		foreach ( explode( '/', $scope ) as $part ) {
			$key = hash_hmac( 'sha256', $part, $key, true );
		}
		$signature = hash_hmac( 'sha256', $text, $key );
		return $headers + [ 'Authorization' => "AWS4-HMAC-SHA256 Credential=$credentials->id/$scope, SignedHeaders=$names, Signature=$signature" ];
	}
}
