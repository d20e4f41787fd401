import type { PutObjectCommandInput } from '@aws-sdk/client-s3'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import type { BucketPlace } from '../place/bucket-place.ts'

/** Metadata key that holds the id of the export that wrote the object, see {@link BucketPlace.exportId}. */
export const exportMetadata = 'ahi-dicom-export'

/** Default bytes of a part. 10,000 of them are 78 GiB. */
export const defaultPartSize: number = 8 * 2 ** 20

/** Returns the parameters for each object of an export: files and record. */
export function objectParams(
  { bucket, exportId }: BucketPlace,
  { serverSideEncryption: encryption }: S3DestinationOptions,
): Pick<PutObjectCommandInput, 'Bucket' | 'Metadata' | 'ServerSideEncryption' | 'SSEKMSKeyId'> {
  const keyId = encryption?.kind === 'aws:kms' ? encryption.keyId : undefined
  return {
    Bucket: bucket,
    Metadata: { [exportMetadata]: exportId },
    ...(encryption !== undefined && { ServerSideEncryption: encryption.kind }),
    ...(keyId !== undefined && { SSEKMSKeyId: keyId }),
  }
}

/** Returns the parameters for the files of an export, without key and media type. */
export function fileParams(
  place: BucketPlace,
  options: S3DestinationOptions,
): Omit<PutObjectCommandInput, 'Key' | 'Body' | 'ChecksumSHA256'> {
  const { storageClass, tags, ifNoneMatch } = options
  return {
    ...objectParams(place, options),
    ...(storageClass !== undefined && { StorageClass: storageClass }),
    ...(tags !== undefined && { Tagging: new URLSearchParams(tags).toString() }),
    ...(ifNoneMatch === true && { IfNoneMatch: '*' }),
  }
}

/** Returns the permissions needed to write a file, separated by commas. */
export function permissionToPut({ tags, serverSideEncryption }: S3DestinationOptions): string {
  const names = ['s3:PutObject']
  if (tags !== undefined) names.push('s3:PutObjectTagging')
  if (serverSideEncryption?.kind === 'aws:kms') names.push('kms:GenerateDataKey', 'kms:Decrypt')
  return names.join(', ')
}

/** Returns the permissions needed to read an object, separated by commas. */
export function permissionToGet({ serverSideEncryption }: S3DestinationOptions): string {
  return serverSideEncryption?.kind === 'aws:kms' ? 's3:GetObject, kms:Decrypt' : 's3:GetObject'
}
