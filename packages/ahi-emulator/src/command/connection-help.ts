/** The data that a client needs to connect to an emulator. */
export interface EmulatorConnection {
  readonly endpoint: string
  readonly datastoreId: string
  /** Region that requests are signed for. It matters if the emulator verifies signatures. Default `us-east-1`. */
  readonly region?: string | undefined
}

/**
 * Returns the settings that connect the AWS CLI, boto3, the AWS SDKs and curl to an emulator. Host prefix injection
 * must be disabled: the SDKs put `runtime-` before the host name, and that host does not exist.
 *
 * @example
 * import { connectionHelp, startEmulator } from '@ahi-dicom/ahi-emulator'
 *
 * await using ahi = await startEmulator()
 * console.log(connectionHelp(ahi))
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
