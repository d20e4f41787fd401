import { Option } from 'commander'
import type { S3DestinationOptions, S3Encryption } from '@ahi-dicom/exporter-s3'
import { recordFolderOf } from '@ahi-dicom/export-files/writers'
import { isBucketName, isPrefix, trimPrefix } from '@ahi-dicom/exporter-s3/names'
import { UsageError } from '../errors.ts'
import { repeated, wholeNumber } from '../options/option-values.ts'
import { awsOptions, type AwsOptions } from './aws-options.ts'
import type { DestinationKind } from './destination-kind.ts'
import { writerOption, type WriterOptions } from './writer-option.ts'

/** Options of a bucket. */
export interface BucketOptions extends AwsOptions, WriterOptions {
  readonly outEndpointUrl?: string
  /** ARN of a role. */
  readonly outRole?: string
  readonly outSse?: S3Encryption['kind']
  /** Id, ARN or alias of a KMS key. */
  readonly outKmsKey?: string
  readonly outStorageClass?: StorageClass
  /** In MiB. */
  readonly outPartSize?: number
  /** Each as `KEY=VALUE`. */
  readonly outTag?: readonly string[]
  readonly ifNoneMatch?: true
}

interface BucketPlace {
  readonly bucket: string
  readonly prefix: string
}

type StorageClass = NonNullable<S3DestinationOptions['storageClass']>

const storageClasses: readonly StorageClass[] = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
]

/** A bucket of Amazon S3 or of an S3-compatible server. */
export const bucket: DestinationKind<BucketPlace, BucketOptions> = {
  name: 'a bucket',
  form: 's3://BUCKET/PREFIX',
  parse: parseBucket,
  options: () => [
    ...awsOptions(),
    new Option(
      '--out-endpoint-url <url>',
      'S3: endpoint of an S3-compatible server (default: AWS_ENDPOINT_URL_S3)',
    ).argParser(parseEndpoint),
    new Option('--out-role <arn>', 'S3: IAM role to assume for the destination'),
    writerOption(),
    new Option('--out-sse <kind>', "S3: encryption of objects (default: the bucket's setting)").choices([
      'AES256',
      'aws:kms',
    ]),
    new Option('--out-kms-key <id>', 'S3: KMS key for --out-sse aws:kms'),
    new Option('--out-storage-class <class>', 'S3: storage class of files').choices(storageClasses),
    new Option(
      '--out-part-size <MiB>',
      'S3: part size of uploads, 5 to 5120 MiB; a file has at most 10,000 parts (default: 8)',
    ).argParser(wholeNumber('--out-part-size', { from: 5, to: 5120 })),
    new Option('--out-tag <key=value>', 'S3: tag for files (repeatable)').argParser(repeated),
    new Option('--if-none-match', 'S3: refuse to replace existing objects'),
  ],
  shared: ({ bucket: name, prefix }) => `s3://${name}${prefix === '' ? '' : `/${prefix}`}`,
  async open({ bucket: name, prefix }, options) {
    const { createS3Digester, s3Destination } = await import('@ahi-dicom/exporter-s3')
    const given = destinationOptions({ bucket: name, prefix }, options)
    const destination = s3Destination(given)
    return {
      destination,
      recordFile: (file) => `${destination.name}/${recordFolderOf(given.writer)}${file}`,
      openFastDigester: () => createS3Digester(given),
    }
  },
}

function parseBucket(text: string): BucketPlace | undefined {
  if (!text.startsWith('s3://')) return undefined
  const rest = text.slice('s3://'.length)
  const [accessPoint] = /^arn:[^/]*(?:\/[^/]*)?/u.exec(rest) ?? []
  const name = accessPoint ?? rest.split('/', 1)[0] ?? ''
  const prefix = trimPrefix(rest.slice(name.length))
  if (!isBucketName(name)) {
    throw new UsageError(
      `Cannot use '${text}' as destination: '${name}' is not a valid bucket name; give s3://BUCKET or s3://BUCKET/PREFIX; ` +
        'the name has 3 to 63 lower-case letters, digits, dots and hyphens',
    )
  }
  if (isPrefix(prefix)) return { bucket: name, prefix }
  throw new UsageError(
    `Cannot use '${text}' as destination: a prefix must not have '.' or '..' as parts, or control characters; choose another prefix`,
  )
}

function parseEndpoint(value: string): string {
  const url = URL.parse(value)
  if (url !== null && /^https?:$/u.test(url.protocol)) return value
  throw new UsageError(`Cannot use '${value}' as --out-endpoint-url: give an http or https URL`)
}

function destinationOptions(place: BucketPlace, options: BucketOptions): S3DestinationOptions {
  const { outTag, ifNoneMatch, outStorageClass, outPartSize } = options
  return {
    ...place,
    profile: options.outProfile,
    region: options.outRegion,
    endpoint: options.outEndpointUrl,
    roleArn: options.outRole,
    writer: options.outWriter,
    serverSideEncryption: encryptionOf(options),
    storageClass: outStorageClass,
    partSize: outPartSize && outPartSize * 2 ** 20,
    tags: outTag && Object.fromEntries(outTag.map(parseTag)),
    ifNoneMatch,
  }
}

function encryptionOf({ outSse: kind, outKmsKey: keyId }: BucketOptions): S3Encryption | undefined {
  if (keyId !== undefined && kind !== 'aws:kms') {
    throw new UsageError('Cannot use --out-kms-key without --out-sse aws:kms: add it, or leave --out-kms-key out')
  }
  if (kind === undefined || kind === 'AES256') return kind && { kind }
  return { kind, keyId }
}

function parseTag(text: string): readonly [key: string, value: string] {
  const end = text.indexOf('=')
  if (end < 1) throw new UsageError(`Cannot use '${text}' as --out-tag: give KEY=VALUE`)
  return [text.slice(0, end), text.slice(end + 1)]
}
