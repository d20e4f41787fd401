import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader'

/** Settings of one profile under their names in the files. */
type Settings = Readonly<Record<string, string | undefined>>

/** The name of a service in the `services` sections of the AWS configuration files. */
export type AwsService = 'medical_imaging' | 's3'

/** A profile of the AWS configuration files. */
export interface AwsProfile {
  readonly name: string
  /** True if the files have the profile. */
  readonly exists: boolean
  readonly settings: Settings
  /** The service whose settings are used, by its name in the files. */
  readonly service: AwsService
  /** Settings for the service from the `services` section that the profile names. */
  readonly serviceSettings: Settings
}

/**
 * Reads a profile for a service. Its name is `given`, else `AWS_PROFILE`, else `default`.
 *
 * @example
 * import { readProfile } from '@ahi-dicom/ahi-client/http'
 *
 * const { name, exists } = await readProfile('radiology')
 * console.log(name, exists) // radiology false
 */
export async function readProfile(
  given: string | undefined,
  service: AwsService = 'medical_imaging',
): Promise<AwsProfile> {
  const name = given ?? (process.env['AWS_PROFILE'] || 'default')
  const { configFile, credentialsFile } = await loadSharedConfigFiles()
  const [configured, credentials] = [configFile[name], credentialsFile[name]]
  const settings = { ...configured, ...credentials }
  const services = settings['services']
  return {
    name,
    exists: configured !== undefined || credentials !== undefined,
    settings,
    service,
    serviceSettings: settingsOf(service, services === undefined ? {} : (configFile[`services.${services}`] ?? {})),
  }
}

/** Returns the settings of one service. The parser joins the names of service and setting by a dot. */
function settingsOf(service: AwsService, section: Settings): Settings {
  const prefix = `${service}.`
  const own = Object.entries(section).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

/**
 * Returns the endpoint that the environment or the profile sets, preferably for this service. `undefined` if AWS's own
 * endpoint applies.
 *
 * @example
 * import { configuredEndpoint, readProfile } from '@ahi-dicom/ahi-client/http'
 *
 * const endpoint = configuredEndpoint(await readProfile('default', 's3'))
 * console.log(endpoint ?? 'that of AWS')
 */
export function configuredEndpoint({ settings, service, serviceSettings }: AwsProfile): string | undefined {
  const { env } = process
  const ignore = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] || settings['ignore_configured_endpoint_urls']
  if (ignore?.toLowerCase() === 'true') return undefined
  const fromEnvironment = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env['AWS_ENDPOINT_URL']
  return fromEnvironment || serviceSettings['endpoint_url'] || settings['endpoint_url'] || undefined
}

/**
 * Returns the certificate bundle that the environment or the profile sets.
 *
 * @example
 * import { certificateBundle, readCertificates, readProfile } from '@ahi-dicom/ahi-client/http'
 *
 * const bundle = certificateBundle(await readProfile('default'))
 * const certificates = bundle && (await readCertificates(bundle))
 * console.log(certificates?.length)
 */
export function certificateBundle({ name, settings }: AwsProfile): { path: string; setBy: string } | undefined {
  const fromEnvironment = process.env['AWS_CA_BUNDLE']
  if (fromEnvironment) return { path: fromEnvironment, setBy: 'AWS_CA_BUNDLE' }
  const path = settings['ca_bundle']
  return path ? { path, setBy: `ca_bundle of the profile ${JSON.stringify(name)}` } : undefined
}
