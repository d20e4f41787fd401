import type { PathMask } from '@ahi-dicom/export-files'
import type { StorageClass } from '@aws-sdk/client-s3'

/** Fixed AWS credentials. They are plain data, so lanes in other threads can use them too. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** Address and credentials for requests. Missing options are read from the environment and the AWS configuration files. */
export interface S3AccessOptions {
  /** Region of the bucket. Default: from the environment or the profile, else `us-east-1`. */
  readonly region?: string | undefined
  /** URL of a server that speaks the S3 protocol. Default: from the environment or the profile, else Amazon S3. */
  readonly endpoint?: string | undefined
  /**
   * Puts the bucket into the path of URLs instead of the host name. Default: true if the endpoint is not one of Amazon's.
   */
  readonly forcePathStyle?: boolean | undefined
  /** Profile of the AWS configuration files. Default: `AWS_PROFILE`, else `default`. */
  readonly profile?: string | undefined
  /**
   * Credentials, or a function that returns them. Default: the provider chain of the AWS SDK. Other threads cannot call the
   * function, so all files are then written in the calling thread.
   */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>) | undefined
  /** Role to assume with these credentials. */
  readonly roleArn?: string | undefined
}

/** Options of `s3Destination`. */
export interface S3DestinationOptions extends S3AccessOptions {
  /** Name of an existing bucket, or the ARN of an access point. */
  readonly bucket: string
  /** Prefix of all keys. Slashes at its ends are ignored. Default: none, the export uses the whole bucket. */
  readonly prefix?: string | undefined
  /**
   * Name of this writer if several exports fill the prefix at the same time. Give each writer a different selection. Its
   * record and lock are in `PREFIX/.ahi-dicom/writers/NAME/`; all writers share one tree of files. Default: the unnamed
   * writer, whose record is in `PREFIX/.ahi-dicom/`.
   */
  readonly writer?: string | undefined
  /** How S3 encrypts objects. `keyId` names a KMS key. Default: the bucket's setting. */
  readonly serverSideEncryption?: S3Encryption | undefined
  /** Storage class of files, for example `STANDARD_IA`. Not applied to the record. Default: the bucket's setting. */
  readonly storageClass?: StorageClass | undefined
  /** Tags of files. Needs the permission s3:PutObjectTagging. Default: none. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** Refuses to replace an existing file: sends `If-None-Match: *`. Default false. */
  readonly ifNoneMatch?: boolean | undefined
  /** Bytes of a part of a multipart upload, from 5 MiB to 5 GiB. A file has at most 10,000 parts. Default 8 MiB. */
  readonly partSize?: number | undefined
}

/** How S3 encrypts objects. */
export type S3Encryption =
  | { readonly kind: 'AES256' }
  | { readonly kind: 'aws:kms'; readonly keyId?: string | undefined }

/** Options of `createFileWriter`. They are plain data, so they can be sent to another thread. */
export interface S3WriterOptions extends S3DestinationOptions {
  /** Replaces patient data in the paths that messages show. Default: paths are shown unchanged. */
  readonly mask?: PathMask | undefined
}
