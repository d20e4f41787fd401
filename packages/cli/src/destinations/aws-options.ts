import { Option } from 'commander'

/** As whom AWS knows the command at the destination. The data that is exported may belong to another account. */
export interface AwsOptions {
  readonly outRegion?: string
  readonly outProfile?: string
}

/** Returns the options of destinations that AWS signs requests to. */
export function awsOptions(): readonly Option[] {
  return [
    new Option('--out-region <region>', 'AWS region of the destination (default: from the profile)'),
    new Option('--out-profile <name>', 'AWS profile of the destination (default: AWS_PROFILE)'),
  ]
}
