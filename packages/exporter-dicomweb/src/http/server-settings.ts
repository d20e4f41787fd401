import type { AhiCredentials } from '@ahi-dicom/ahi-client/http'

/** Name and password of HTTP basic authentication (RFC 7617). */
export interface BasicCredentials {
  readonly user: string
  readonly password: string
}

/** PEM texts of TLS connections. */
export interface TlsOptions {
  /** Certificates of the authorities that are trusted instead of those of Node.js. */
  readonly ca?: string | undefined
  /** Certificate of this client, with those between it and its authority. */
  readonly cert?: string | undefined
  /** Private key of that certificate. */
  readonly key?: string | undefined
  /** Passphrase of the key. */
  readonly passphrase?: string | undefined
}

/** How requests are signed for AWS (Signature Version 4). */
export interface SigV4Options {
  /** Name of the service in signatures: `medical-imaging` for AWS HealthImaging. */
  readonly service: string
  /** Default: as the AWS CLI has it. */
  readonly region?: string | undefined
  /** Default: the AWS chain (environment, profile, SSO, process, container, EC2). */
  readonly credentials?: AhiCredentials | (() => Promise<AhiCredentials>) | undefined
  /** Profile of the AWS configuration files. Default: `AWS_PROFILE`, then `default`. */
  readonly profile?: string | undefined
  /** Resolves with the code of an MFA device, for profiles of roles with `mfa_serial`. */
  readonly mfaCodeProvider?: ((mfaSerial: string) => Promise<string>) | undefined
}

/** Where a server is, and how it is talked to. */
export interface ServerSettings {
  /** URL of the DICOMweb service: `/studies` is added to it. */
  readonly url: string
  /** Headers that each request has. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Bearer token, or what returns one; asked for each request. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** File with a bearer token. It is read again when the server refuses the token. */
  readonly tokenFile?: string | undefined
  readonly basic?: BasicCredentials | undefined
  readonly tls?: TlsOptions | undefined
  readonly sigv4?: SigV4Options | undefined
  /** How long the server may be silent, in milliseconds. Default 120,000: it may have much to do with a request. */
  readonly timeoutMs?: number | undefined
}
