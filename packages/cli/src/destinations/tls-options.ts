import { Option } from 'commander'
import { UsageError } from '../errors.ts'
import { readPem } from '../options/pem-file.ts'

/** PEM files for TLS with a destination. */
export interface TlsOptions {
  readonly outCa?: string
  readonly outCert?: string
  readonly outKey?: string
}

/** Returns the options of destinations that are reached with TLS. */
export function tlsOptions(): readonly Option[] {
  return [
    new Option('--out-ca <file>', 'PEM file of certificate authorities to trust'),
    new Option('--out-cert <file>', 'PEM file of the client certificate'),
    new Option('--out-key <file>', 'PEM file of the key of --out-cert'),
  ]
}

/** Contents of the PEM files. */
interface TlsTexts {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/**
 * Reads the PEM files of the options. Returns undefined if no option is given.
 *
 * @throws {UsageError} for a certificate without its key, and for a file that cannot be read
 */
export async function readTlsFiles({ outCa, outCert, outKey }: TlsOptions): Promise<TlsTexts | undefined> {
  if ((outCert === undefined) !== (outKey === undefined)) {
    throw new UsageError('Cannot use one of --out-cert and --out-key without the other: give both')
  }
  if (outCa === undefined && outCert === undefined) return undefined
  const [ca, cert, key] = await Promise.all([
    readPem(outCa, '--out-ca'),
    readPem(outCert, '--out-cert'),
    readPem(outKey, '--out-key'),
  ])
  return { ca, cert, key }
}
