import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Certificates that openssl makes: an authority, and one of a server and of a client that it has signed. */
export interface Certificates {
  readonly ca: PemFiles
  readonly server: PemFiles
  readonly client: PemFiles
  /** Signed by nobody else. */
  readonly stranger: PemFiles
}

/** Paths and texts of a certificate and its key. */
interface PemFiles {
  readonly certPath: string
  readonly keyPath: string
  readonly cert: string
  readonly key: string
}

/** Makes certificates for `localhost`. */
export function makeCertificates(folder: string): Certificates {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  writeFileSync(join(folder, 'names.cnf'), 'subjectAltName=DNS:localhost\n')
  const selfSigned = (name: string): PemFiles => {
    const subject = ['-x509', '-days', '2', '-subj', `/CN=${name}`]
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.pem`, ...subject)
    return filesOf(name)
  }
  const signed = (name: string): PemFiles => {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    )
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names.cnf']
    openssl('x509', '-req', '-in', `${name}.csr`, '-days', '2', '-out', `${name}.pem`, ...by)
    return filesOf(name)
  }
  const filesOf = (name: string): PemFiles => {
    const [certPath, keyPath] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)]
    return { certPath, keyPath, cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') }
  }
  return { ca: selfSigned('ca'), server: signed('server'), client: signed('client'), stranger: selfSigned('stranger') }
}
