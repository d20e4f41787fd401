import type { AhiCredentials } from '@ahi-dicom/ahi-client/http'

/** User name and password of HTTP basic authentication (RFC 7617). */
export interface BasicCredentials {
  readonly user: string
  readonly password: string
}

/** TLS settings as PEM texts. */
export interface TlsOptions {
  /** Certificates of authorities to trust. They replace the authorities of Node.js. */
  readonly ca?: string | undefined
  /** Client certificate, with the certificates between it and its authority. */
  readonly cert?: string | undefined
  /** Private key of the client certificate. */
  readonly key?: string | undefined
  /** Passphrase of the key. */
  readonly passphrase?: string | undefined
}

/** Signing of requests for AWS (Signature Version 4). */
export interface SigV4Options {
  /** Name of the service in signatures: `medical-imaging` for AWS HealthImaging. */
  readonly service: string
  /** Region. Default: as in the AWS CLI. */
  readonly region?: string | undefined
  /** Default: the AWS chain (environment, profile, SSO, process, container, EC2). */
  readonly credentials?: AhiCredentials | (() => Promise<AhiCredentials>) | undefined
  /** Profile of the AWS configuration files. Default: `AWS_PROFILE`, then `default`. */
  readonly profile?: string | undefined
  /** Resolves with the code of an MFA device, for profiles of roles with `mfa_serial`. */
  readonly mfaCodeProvider?: ((mfaSerial: string) => Promise<string>) | undefined
}

/** Location and access of a server. */
export interface ServerSettings {
  /** URL of the DICOMweb service: `/studies` is added to it. */
  readonly url: string
  /** Headers of each request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Bearer token, or a function that returns one for each request. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** File with a bearer token. It is read again when the server refuses the token. */
  readonly tokenFile?: string | undefined
  readonly basic?: BasicCredentials | undefined
  readonly tls?: TlsOptions | undefined
  readonly sigv4?: SigV4Options | undefined
  /** Longest silence of the server in milliseconds. Default 120,000, because a request may take the server long. */
  readonly timeoutMs?: number | undefined
}
