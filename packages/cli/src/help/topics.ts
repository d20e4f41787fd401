import { exitCodesHelp } from '../exit-codes.ts'
import * as texts from '../help-text.ts'

/** Pages of `ahi-dicom help` that belong to no command, by name. */
export const helpTopics: Readonly<Record<string, string>> = {
  'exit-codes': exitCodesHelp,
  environment: texts.environment,
  selection: texts.selection,
  destinations: texts.destinations,
  configuration: texts.configuration,
}
