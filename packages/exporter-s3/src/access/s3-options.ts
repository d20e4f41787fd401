import type { PathMask } from '@ahi-dicom/export-files'
import type { StorageClass } from '@aws-sdk/client-s3'

/** Credentials of AWS that do not change. Plain data: lanes of other threads get them as well. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** Where requests go, and as whom. What is left out comes from the environment and the AWS configuration files. */
export interface S3AccessOptions {
  readonly region?: string | undefined
  /** URL of a server that speaks the protocol of S3. Default: that of the configuration, or Amazon S3. */
  readonly endpoint?: string | undefined
  /**
   * Whether the bucket stands in the path of a URL instead of the name of the host. Default: if there is an endpoint that is
   * not of Amazon.
   */
  readonly forcePathStyle?: boolean | undefined
  readonly profile?: string | undefined
  /** Credentials, or what gives them. A function cannot be had by other threads: all files are then written in this one. */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>) | undefined
  /** Role to assume with these credentials. */
  readonly roleArn?: string | undefined
}

/** Options of `s3Destination`. */
export interface S3DestinationOptions extends S3AccessOptions {
  readonly bucket: string
  /** What the keys of all objects begin with, without slashes at its ends. Default: nothing, the bucket as a whole. */
  readonly prefix?: string | undefined
  /**
   * Name of this writer, if several export into the prefix at the same time, each a selection of its own. Its record and its
   * lock lie below `PREFIX/.ahi-dicom/writers/NAME/`, its files where those of all others do. Default: the record without a
   * name.
   */
  readonly writer?: string | undefined
  /** How S3 encrypts objects. Default: as the bucket says. `keyId` names a key of KMS. */
  readonly serverSideEncryption?: S3Encryption | undefined
  /** Storage class of files, such as `STANDARD_IA`. Those of the record are as the bucket says. Default: as the bucket says. */
  readonly storageClass?: StorageClass | undefined
  /** Tags of files. Needs the permission s3:PutObjectTagging. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** Whether a file that is there is refused (`If-None-Match: *`) instead of replaced. Default false. */
  readonly ifNoneMatch?: boolean | undefined
  /** Bytes of a part of a large file, which is uploaded in at most 10,000 parts. At least 5 MiB. Default 8 MiB. */
  readonly partSize?: number | undefined
}

/** How S3 encrypts objects. */
export type S3Encryption =
  | { readonly kind: 'AES256' }
  | { readonly kind: 'aws:kms'; readonly keyId?: string | undefined }

/** What the writer of a lane is made from: plain data. */
export interface S3WriterOptions extends S3DestinationOptions {
  /** How messages show paths. Default: as they are. */
  readonly mask?: PathMask | undefined
}
