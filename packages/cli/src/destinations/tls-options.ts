import { Option } from 'commander'
import { UsageError } from '../errors.ts'
import { readPem } from '../options/pem-file.ts'

/** Files in PEM for TLS with a destination. */
export interface TlsOptions {
  readonly outCa?: string
  readonly outCert?: string
  readonly outKey?: string
}

/** Returns the options of destinations that TLS protects the way to. */
export function tlsOptions(): readonly Option[] {
  return [
    new Option('--out-ca <file>', 'PEM certificates of the authorities that the server is trusted by'),
    new Option('--out-cert <file>', 'PEM certificate to show to the server'),
    new Option('--out-key <file>', 'PEM key of --out-cert'),
  ]
}

/** Texts in PEM. */
interface TlsTexts {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/**
 * Reads the files of the options. Returns undefined if there are none.
 *
 * @throws {UsageError} for a certificate without its key, and for a file that cannot be read
 */
export async function readTlsFiles({ outCa, outCert, outKey }: TlsOptions): Promise<TlsTexts | undefined> {
  if ((outCert === undefined) !== (outKey === undefined)) {
    throw new UsageError('Cannot use --out-cert without --out-key, or the other way round: give both')
  }
  if (outCa === undefined && outCert === undefined) return undefined
  const [ca, cert, key] = await Promise.all([
    readPem(outCa, '--out-ca'),
    readPem(outCert, '--out-cert'),
    readPem(outKey, '--out-key'),
  ])
  return { ca, cert, key }
}
