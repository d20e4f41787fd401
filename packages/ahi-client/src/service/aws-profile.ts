import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader'

/** Settings of one profile, by their names in the files. */
type Settings = Readonly<Record<string, string | undefined>>

/** A profile of the AWS configuration files. */
export interface AwsProfile {
  readonly name: string
  /** Whether it is in the files. */
  readonly exists: boolean
  readonly settings: Settings
  /** Its settings for AHI: those of the `services` section that it names. */
  readonly serviceSettings: Settings
}

/** Reads a profile: that given, or the one that `AWS_PROFILE` names, or `default`. */
export async function readProfile(given: string | undefined): Promise<AwsProfile> {
  const name = given ?? (process.env['AWS_PROFILE'] || 'default')
  const { configFile, credentialsFile } = await loadSharedConfigFiles()
  const [configured, credentials] = [configFile[name], credentialsFile[name]]
  const settings = { ...configured, ...credentials }
  const services = settings['services']
  return {
    name,
    exists: configured !== undefined || credentials !== undefined,
    settings,
    serviceSettings: withoutPrefix(services === undefined ? {} : (configFile[`services.${services}`] ?? {})),
  }
}

/** The parser joins the name of a service and of its setting. */
function withoutPrefix(section: Settings): Settings {
  const prefix = 'medical_imaging.'
  const own = Object.entries(section).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

/** Returns the endpoint that the environment or the profile names, that of the service first; undefined for AWS's own. */
export function configuredEndpoint({ settings, serviceSettings }: AwsProfile): string | undefined {
  const { env } = process
  const ignore = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] || settings['ignore_configured_endpoint_urls']
  if (ignore?.toLowerCase() === 'true') return undefined
  const ofEnvironment = env['AWS_ENDPOINT_URL_MEDICAL_IMAGING'] || env['AWS_ENDPOINT_URL']
  return ofEnvironment || serviceSettings['endpoint_url'] || settings['endpoint_url'] || undefined
}

/** Returns the bundle of certificates that the environment or the profile names. */
export function certificateBundle({ name, settings }: AwsProfile): { path: string; setBy: string } | undefined {
  const ofEnvironment = process.env['AWS_CA_BUNDLE']
  if (ofEnvironment) return { path: ofEnvironment, setBy: 'AWS_CA_BUNDLE' }
  const path = settings['ca_bundle']
  return path ? { path, setBy: `ca_bundle of the profile ${JSON.stringify(name)}` } : undefined
}
