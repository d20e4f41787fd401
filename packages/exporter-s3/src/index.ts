/**
 * Exports into a bucket of Amazon S3, or of another server that speaks the S3 protocol.
 * @module
 */
export type { S3AccessOptions, S3Credentials, S3DestinationOptions, S3Encryption } from './access/s3-options.ts'
export { s3Destination } from './s3-destination.ts'
export { createS3Digester } from './verify/s3-digester.ts'
export type { S3Digester } from './verify/s3-digester.ts'
