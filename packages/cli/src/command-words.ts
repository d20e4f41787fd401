import type { DestinationLimits } from '@ahi-dicom/export-files'

/** Texts in messages of the libraries, and the texts that name the command's options in their place. */
export const optionsOfCommand: Readonly<Record<string, string>> = {
  "mode 'resume'": '--resume',
  "mode 'overwrite'": '--overwrite',
  'lower the concurrency': 'lower --concurrency',
  'set AWS_REGION, or region': 'give --region, or set AWS_REGION, or region',
  'give `mfaCodeProvider`': 'run it on a terminal',
  'check the region, the endpoint and': 'check --region (AWS_REGION), --endpoint-url and',
  'give the certificate of its authority (`tls.ca`)': 'give the certificate of its authority (--out-ca)',
  'give certificate and key (`tls.cert`, `tls.key`)': 'give certificate and key (--out-cert, --out-key)',
  'connect with TLS': 'give dicoms:// in place of dicom://',
  'connect without TLS': 'give dicom:// in place of dicoms://',
  'use fewer `associations`': 'lower --out-associations and --threads',
  'keep the record in a folder': 'keep the record in a folder (--record)',
  "ask for decoded pixels (transfer syntax 'explicit')": 'export with --transfer-syntax explicit',
  'its `region`, its `endpoint` and': '--out-region (AWS_REGION), --out-endpoint-url (AWS_ENDPOINT_URL_S3) and',
  'set `region` to': 'set --out-region to',
  'name a `profile`': 'name a profile (--out-profile)',
  'the name of the `profile`': 'the name (--out-profile)',
  'allow replacing it (`ifNoneMatch: false`)': 'run without --if-none-match',
  'check its name (`keyId`)': 'check its name (--out-kms-key)',
  'use larger parts (`partSize`)': 'use larger parts (--out-part-size)',
  'give `sigv4.region`': 'give --out-region',
  'give a token, a user name and password, a client certificate or AWS credentials that it accepts':
    'give a token (--out-token-file), a user name and password (--out-user), a client certificate (--out-cert, --out-key) ' +
    'or AWS credentials (--out-sigv4) that it accepts',
  'give the certificates of its authority, and check its name':
    'give the certificates of its authority (--redis-ca), and check its name',
  'check its id and the prefix of the fleet': 'check its id and --redis-prefix',
  'it refuses the user or the password, or requires them; check both':
    'it refuses the user or the password, or requires them; check --redis-user and AHI_DICOM_REDIS_PASSWORD',
  'use `gaps: "fill"` or `gaps: "split"`': 'use --gaps fill or --gaps split',
  'use `gaps: "split"`, or a greater `positionTolerance`': 'use --gaps split',
  'split the series with `gaps: "split"`': 'split the series with --gaps split',
  'use `segments: "separate"`': 'use --segments separate',
  'name a `writer`': 'name a writer (--out-writer)',
  'export without a writer': 'export without --out-writer',
  '`maxByteLength`': '--max-document-bytes',
  '`maxEntries`': '--max-document-bytes',
  '`maxMembers`': '--max-document-bytes',
}

/** Returns a message of a library or of Node.js, with its advice in terms of the command's options. */
export function inCommandWords(message: string): string {
  let said = message
  for (const [words, option] of Object.entries(optionsOfCommand)) said = said.replaceAll(words, option)
  return /EMFILE|ENFILE|too many open files/.test(said) && !said.includes('ulimit') ? said + moreFiles : said
}

/** Returns what a destination cannot do, with the reasons in terms of the command's options. */
export function limitsInCommandWords(limits: DestinationLimits = {}): DestinationLimits {
  return Object.fromEntries(Object.entries(limits).map(([use, why]) => [use, inCommandWords(why)]))
}

/** Advice for errors that say only `EMFILE`, because a thread or a module could not be opened. */
const moreFiles = '; raise the limit of open files (ulimit -n), or lower --concurrency and --threads'
