import { Option } from 'commander'

/** AWS region and profile of the destination. It may belong to another account than the data store. */
export interface AwsOptions {
  readonly outRegion?: string
  readonly outProfile?: string
}

/** Returns the options of destinations whose requests are signed for AWS. */
export function awsOptions(): readonly Option[] {
  return [
    new Option('--out-region <region>', 'AWS region of the destination (default: from the profile)'),
    new Option('--out-profile <name>', 'AWS profile of the destination (default: AWS_PROFILE)'),
  ]
}
