import { sensitiveValue, type InputCheck } from '../operation/input-check.ts'
import { isJsonObject, type JsonObject } from '../operation/json-body.ts'
import type { MetadataMapping } from '../store/import-jobs.ts'

const mostMappings = 1000
const uidConstraint = { longest: 512, pattern: '[0-9.]+' }
/**
 * Matches the same text as the model's pattern, `[a-zA-Z0-9!-~]+([a-zA-Z0-9!-~ ]*[a-zA-Z0-9!-~]+)*`, but in linear time
 * instead of exponential time.
 */
const pathConstraint = { shortest: 1, longest: 1024, pattern: '[!-~](?:[ -~]*[!-~])?' }

/** Reads `importConfiguration` of StartDICOMImportJob. Adds failed constraints to `check`. */
export function readImportConfiguration(value: unknown, check: InputCheck): readonly MetadataMapping[] | undefined {
  if (value === undefined || value === null) return undefined
  const name = 'importConfiguration'
  const members = isJsonObject(value) ? Object.entries(value).filter(([, member]) => member !== null) : []
  const [[member, configuration] = ['', undefined]] = members
  if (members.length !== 1 || member !== 'dicomJsonMetadataImportConfiguration') {
    check.fail(sensitiveValue, name, 'Member must have exactly one of [dicomJsonMetadataImportConfiguration]')
    return undefined
  }
  return readMappings(configuration, `${name}.${member}.dicomMetadataMappings`, check)
}

function readMappings(configuration: unknown, name: string, check: InputCheck): readonly MetadataMapping[] {
  const { dicomMetadataMappings: mappings } = isJsonObject(configuration) ? configuration : {}
  if (!Array.isArray(mappings)) {
    check.fail(null, name, 'Member must not be null')
    return []
  }
  if (mappings.length === 0) check.fail(mappings, name, 'Member must have length greater than or equal to 1')
  if (mappings.length > mostMappings) {
    check.fail(undefined, name, `Member must have length less than or equal to ${mostMappings}`)
    return []
  }
  return mappings.map((mapping: unknown, index) =>
    readMapping(isJsonObject(mapping) ? mapping : {}, `${name}.${index + 1}.member`, check),
  )
}

function readMapping(mapping: JsonObject, name: string, check: InputCheck): MetadataMapping {
  const metadataFilePath = check.text(mapping['metadataFilePath'], `${name}.metadataFilePath`, pathConstraint)
  if (metadataFilePath.split('/').includes('..')) {
    check.fail(metadataFilePath, `${name}.metadataFilePath`, 'Member must be a path below inputS3Uri')
  }
  const seriesInstanceUID = check.optionalText(mapping['seriesInstanceUID'], `${name}.seriesInstanceUID`, uidConstraint)
  return {
    studyInstanceUID: check.text(mapping['studyInstanceUID'], `${name}.studyInstanceUID`, uidConstraint),
    ...(seriesInstanceUID === undefined ? {} : { seriesInstanceUID }),
    metadataFilePath,
  }
}

/** Returns `importConfiguration` in the form of the API's model. */
export function describeImportConfiguration(mappings: readonly MetadataMapping[] | undefined): unknown {
  if (mappings === undefined) return undefined
  return { dicomJsonMetadataImportConfiguration: { dicomMetadataMappings: mappings } }
}
