import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import { X509Certificate } from 'node:crypto'

import { ServiceFailure } from '../errors/service-failure.ts'

/**
 * Returns the certificates of a bundle, followed by the certificates of `NODE_EXTRA_CA_CERTS`. They replace the
 * authorities of Node.js, as in the AWS CLI.
 *
 * @throws {ServiceFailure} if a file cannot be read or holds no certificate
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { rootCertificates } from 'node:tls'
 * import { readCertificates } from '@ahi-dicom/ahi-client/http'
 *
 * await writeFile('authorities.pem', rootCertificates.slice(0, 2).join('\n'))
 * const certificates = await readCertificates({ path: 'authorities.pem', setBy: 'the option ca' })
 * console.log(certificates.length > 0) // true
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
  // OpenSSL would skip certificates that it cannot read.
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

/** Returns a TLS context that trusts these certificates. */
export function trusting(certificates: readonly string[]): SecureContext {
  return createSecureContext({ ca: [...certificates] })
}
