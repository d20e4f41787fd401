import { Option } from 'commander'
import type { DicomwebOptions as ServerOptions } from '@ahi-dicom/exporter-dicomweb'
import type { CommandContext } from '../command-context.ts'
import { UsageError } from '../errors.ts'
import { awsOptions, type AwsOptions } from './aws-options.ts'
import type { DestinationKind } from './destination-kind.ts'
import { openRecordFolder, recordOption, type RecordOptions } from './record-option.ts'
import { readTlsFiles, tlsOptions, type TlsOptions } from './tls-options.ts'

/** Options of a DICOMweb server. Secrets are read from files and the environment. */
export interface DicomwebOptions extends AwsOptions, RecordOptions, TlsOptions {
  readonly outTokenFile?: string
  readonly outUser?: string
  /** Name of the service in signatures. */
  readonly outSigv4?: string
}

/** A DICOMweb server. Instances are sent by STOW-RS. */
export const dicomweb: DestinationKind<string, DicomwebOptions> = {
  name: 'a DICOMweb server',
  form: 'https://HOST/PATH',
  parse: (text) => (/^https?:/iu.test(text) ? parseServer(text) : undefined),
  options: () => [
    new Option('--out-token-file <file>', 'file with the bearer token (env: AHI_DICOM_OUT_TOKEN has the token)'),
    new Option('--out-user <name>', 'user name for the server (env: AHI_DICOM_OUT_PASSWORD has the password)'),
    ...tlsOptions(),
    new Option('--out-sigv4 <service>', 'sign requests for this AWS service, such as medical-imaging'),
    ...awsOptions(),
    recordOption(),
  ],
  async open(url, options, context) {
    const { dicomwebDestination } = await import('@ahi-dicom/exporter-dicomweb')
    const { record, recordFile } = await openRecordFolder(options)
    const tls = await readTlsFiles(options)
    return { destination: dicomwebDestination({ url, ...identityOf(options, context), tls, record }), recordFile }
  },
}

/** Returns the URL of a service. Messages do not repeat the URL, because it may hold a password. */
function parseServer(text: string): string {
  const url = URL.parse(text)
  if (url === null) throw new UsageError('Cannot use the destination: it is not a valid URL; give https://HOST/PATH')
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('Cannot use a URL with a user name as destination: give --out-user and AHI_DICOM_OUT_PASSWORD')
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UsageError('Cannot use a URL with a query as destination: give the URL that /studies is added to')
  }
  const service = url.href.replace(/\/+$/u, '')
  if (service.endsWith('/studies')) {
    throw new UsageError('Cannot use a URL that ends in /studies as destination: leave /studies out, it is added')
  }
  return service
}

type Identity = Pick<ServerOptions, 'token' | 'tokenFile' | 'basic' | 'sigv4'>

/** Returns how to authenticate to the server. An option takes precedence over the environment. */
function identityOf(options: DicomwebOptions, { env, connection }: CommandContext): Identity {
  const { outTokenFile: tokenFile, outUser: user, outSigv4: service, outRegion: region, outProfile: profile } = options
  const ways = [tokenFile && '--out-token-file', user && '--out-user', service && '--out-sigv4'].filter(Boolean)
  if (ways.length > 1) throw new UsageError(`Cannot use ${ways.join(' and ')} together: give one of them`)
  if (tokenFile !== undefined) return { tokenFile }
  if (user !== undefined) {
    const password = env['AHI_DICOM_OUT_PASSWORD']
    if (password === undefined)
      throw new UsageError('Cannot use --out-user: set AHI_DICOM_OUT_PASSWORD to the password')
    return { basic: { user, password } }
  }
  if (service !== undefined) {
    const { mfaCodeProvider } = connection()
    return { sigv4: { service, region, profile, mfaCodeProvider } }
  }
  return env['AHI_DICOM_OUT_TOKEN'] ? { token: env['AHI_DICOM_OUT_TOKEN'] } : {}
}
