import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader'

/** Settings of one profile, by their names in the files. */
type Settings = Readonly<Record<string, string | undefined>>

/** A service, as `services` sections of the AWS configuration files name it. */
export type AwsService = 'medical_imaging' | 's3'

/** A profile of the AWS configuration files. */
export interface AwsProfile {
  readonly name: string
  /** Whether it is in the files. */
  readonly exists: boolean
  readonly settings: Settings
  /** The service that is to be used, by its name in the files. */
  readonly service: AwsService
  /** Its settings for that service: those of the `services` section that it names. */
  readonly serviceSettings: Settings
}

/** Reads a profile for a service: that given, or the one that `AWS_PROFILE` names, or `default`. */
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
    serviceSettings: ofService(service, services === undefined ? {} : (configFile[`services.${services}`] ?? {})),
  }
}

/** The parser joins the name of a service and of its setting. */
function ofService(service: AwsService, section: Settings): Settings {
  const prefix = `${service}.`
  const own = Object.entries(section).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

/** Returns the endpoint that the environment or the profile names, that of the service first; undefined for AWS's own. */
export function configuredEndpoint({ settings, service, serviceSettings }: AwsProfile): string | undefined {
  const { env } = process
  const ignore = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] || settings['ignore_configured_endpoint_urls']
  if (ignore?.toLowerCase() === 'true') return undefined
  const ofEnvironment = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env['AWS_ENDPOINT_URL']
  return ofEnvironment || serviceSettings['endpoint_url'] || settings['endpoint_url'] || undefined
}

/** Returns the bundle of certificates that the environment or the profile names. */
export function certificateBundle({ name, settings }: AwsProfile): { path: string; setBy: string } | undefined {
  const ofEnvironment = process.env['AWS_CA_BUNDLE']
  if (ofEnvironment) return { path: ofEnvironment, setBy: 'AWS_CA_BUNDLE' }
  const path = settings['ca_bundle']
  return path ? { path, setBy: `ca_bundle of the profile ${JSON.stringify(name)}` } : undefined
}
