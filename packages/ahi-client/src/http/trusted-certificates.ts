import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import { X509Certificate } from 'node:crypto'

import { ServiceFailure } from '../errors/service-failure.ts'

/**
 * Returns the certificates of authorities in a bundle, which are trusted instead of those of Node.js, as in the AWS CLI.
 * Those of `NODE_EXTRA_CA_CERTS` are trusted too.
 *
 * @throws {ServiceFailure} if a file cannot be read or holds no certificate
 */
export async function readCertificates(bundle: { readonly path: string; readonly setBy: string }): Promise<string[]> {
  const extra = process.env['NODE_EXTRA_CA_CERTS']
  const own = await readPem(bundle)
  return extra ? [...own, ...(await readPem({ path: extra, setBy: 'NODE_EXTRA_CA_CERTS' }))] : own
}

async function readPem({ path, setBy }: { readonly path: string; readonly setBy: string }): Promise<string[]> {
  const pem = await readFile(path, 'utf8').catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw unusable(`the certificates of ${setBy} cannot be read (${code})`, cause)
  })
  const certificates = pem.match(certificate) ?? []
  if (certificates.length === 0) throw unusable(`the file of ${setBy} holds no certificate`)
  // OpenSSL would leave out those that it cannot read.
  try {
    for (const one of certificates) void new X509Certificate(one)
  } catch (cause) {
    throw unusable(`the certificates of ${setBy} are damaged`, cause)
  }
  return certificates
}

const certificate = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

function unusable(reason: string, cause?: unknown): ServiceFailure {
  return new ServiceFailure('AHI_VALIDATION', reason, { cause, advice: 'give the path of a file of PEM certificates' })
}

/** Returns the context of TLS connections that trust these certificates. */
export function trusting(certificates: readonly string[]): SecureContext {
  return createSecureContext({ ca: [...certificates] })
}
