/** What a client has to know of an emulator. */
export interface EmulatorConnection {
  readonly endpoint: string
  readonly datastoreId: string
  /** Region that signatures are for, where they are verified. Default `us-east-1`. */
  readonly region?: string | undefined
}

/**
 * Says in a few lines what the AWS CLI, boto3 and the AWS SDKs need to reach an emulator: its endpoint, and no host
 * prefix, which they would put before the name of the machine.
 */
export function connectionHelp({ endpoint, datastoreId, region = 'us-east-1' }: EmulatorConnection): string {
  return `AWS CLI and boto3:
  export AWS_ENDPOINT_URL_MEDICAL_IMAGING=${endpoint}
  export AWS_DISABLE_HOST_PREFIX_INJECTION=true
  export AWS_ACCESS_KEY_ID=emulator AWS_SECRET_ACCESS_KEY=emulator AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
  aws medical-imaging search-image-sets --datastore-id ${datastoreId}
JavaScript:
  new MedicalImagingClient({ endpoint: '${endpoint}', region: '${region}', disableHostPrefix: true })
Java:
  MedicalImagingClient.builder().endpointOverride(URI.create("${endpoint}")).overrideConfiguration(c -> c
    .putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)).build()
DICOMweb:
  curl ${endpoint}/datastore/${datastoreId}/studies
`
}
