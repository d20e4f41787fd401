/** Credentials of AWS. */
export interface AhiCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Only for temporary credentials. */
  readonly sessionToken?: string | undefined
  /** When the credentials expire. The client requests new ones five minutes before. */
  readonly expiration?: Date | undefined
}
