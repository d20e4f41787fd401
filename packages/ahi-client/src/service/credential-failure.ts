import { printable } from '@ahi-dicom/ahi-metadata'

import { ServiceFailure } from '../errors/service-failure.ts'
import type { AwsProfile } from './aws-profile.ts'

/**
 * Returns the failure for missing credentials: why they are missing and which command to run. `cause` comes from the
 * SDK or its providers.
 */
export function credentialFailure(cause: unknown, profile: AwsProfile): ServiceFailure {
  if (cause instanceof ServiceFailure && cause.retryable) return unreachedProvider(cause)
  const message = printable(cause instanceof Error ? cause.message : String(cause), { maxLength: 500 })
  const isGeneral = message.startsWith('Could not load credentials from any')
  const known = causes.find(({ pattern, setting }) =>
    isGeneral ? profile.settings[setting] !== undefined : pattern.test(message),
  )
  const { reason, advice } = known?.explain(profile, message) ?? { reason: message, advice: undefined }
  return new ServiceFailure('AHI_CREDENTIALS', `there are no AWS credentials to use (${reason})`, { cause, advice })
}

/** Returns the failure for a profile that is not in the files. */
export function unknownProfile({ name }: AwsProfile): ServiceFailure {
  const reason = `the AWS configuration files have no profile ${JSON.stringify(name)}`
  const advice = `run aws configure list-profiles to see all profiles, or aws configure sso --profile ${shellWord(name)} to add this one`
  return new ServiceFailure('AHI_CREDENTIALS', reason, { advice })
}

/** Returns the failure for credentials that could not be renewed over the network. It may be temporary. */
function unreachedProvider({ message, advice, isMisdirected, cause }: ServiceFailure): ServiceFailure {
  const reason = `the AWS credentials could not be renewed: ${message}`
  return new ServiceFailure('AHI_UNAVAILABLE', reason, { retryable: true, cause, advice, isMisdirected })
}

interface Cause {
  readonly pattern: RegExp
  /**
   * The setting of profiles that use this provider. If it fails, the provider chain continues and does not report it.
   */
  readonly setting: string
  readonly explain: (profile: AwsProfile, message: string) => { readonly reason: string; readonly advice: string }
}

/** Known causes, found by the messages of the SDK's providers, which have no error codes. */
const causes: readonly Cause[] = [
  {
    pattern: /multi-factor authentication/,
    setting: 'mfa_serial',
    explain: ({ name }) => ({
      reason: `the profile ${JSON.stringify(name)} needs an MFA code, and nothing asks for it`,
      advice: 'give `mfaCodeProvider`, or set the credentials of a session (aws sts get-session-token)',
    }),
  },
  {
    pattern: /SSO|aws sso login|Token is expired/i,
    setting: 'sso_account_id',
    explain: ({ name }) => ({
      reason: `the SSO session of the profile ${JSON.stringify(name)} has expired, or was never started`,
      advice: `run aws sso login --profile ${shellWord(name)}`,
    }),
  },
  {
    pattern: /aws login/,
    setting: 'login_session',
    explain: ({ name }) => ({
      reason: `the session of the profile ${JSON.stringify(name)} has expired, or was never started`,
      advice: `run aws login --profile ${shellWord(name)}`,
    }),
  },
  {
    // The message of a failed command contains its arguments, which may be secret.
    pattern: /credential_process|^Command failed/,
    setting: 'credential_process',
    explain: ({ name }, message) => ({
      reason: message.startsWith('Profile ')
        ? message
        : `the command of credential_process of the profile ${JSON.stringify(name)} failed`,
      advice: 'run the command of credential_process in a terminal to see its output',
    }),
  },
  {
    pattern: /answered 403 AccessDenied$/,
    setting: 'role_arn',
    explain: ({ name, settings }, message) => ({
      reason: `the role of the profile ${JSON.stringify(name)} could not be assumed: ${message}`,
      advice: `check ${settings['mfa_serial'] === undefined ? '' : 'the MFA code, '}role_arn, and whether the role trusts this identity`,
    }),
  },
]

function shellWord(name: string): string {
  return /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`
}
