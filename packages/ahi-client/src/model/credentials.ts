/** Credentials of AWS. */
export interface AhiCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined
  /** When they end; the provider is asked again five minutes before. */
  readonly expiration?: Date | undefined
}
