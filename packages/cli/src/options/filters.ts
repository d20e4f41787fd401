import { equalsFilter, excludeFilter, parseFilter, type InstanceFilter } from '@ahi-dicom/exporter'
import { UsageError } from '../errors.ts'
import type { DateRange } from './option-values.ts'

/** Options that filter. */
export interface FilterOptions {
  readonly patientId?: readonly string[]
  readonly accession?: readonly string[]
  readonly studyDate?: DateRange
  readonly modality?: readonly string[]
  readonly sopClass?: readonly string[]
  readonly createdSince?: Date
  readonly updatedSince?: Date
  readonly where?: readonly string[]
  readonly exclude?: readonly string[]
}

/** Returns the filters of the options. Throws if one is malformed. Lists in `exclude` must have been replaced by their lines. */
export function filtersOf(options: FilterOptions): readonly InstanceFilter[] {
  const { studyDate, createdSince, updatedSince, where = [], exclude = [] } = options
  const texts = [
    ...(studyDate === undefined ? [] : [`StudyDate=${studyDate.from ?? ''}..${studyDate.to ?? ''}`]),
    ...(createdSince === undefined ? [] : [`createdAt>=${createdSince.toISOString()}`]),
    ...(updatedSince === undefined ? [] : [`updatedAt>=${updatedSince.toISOString()}`]),
    ...where,
  ]
  return [
    ...equals('PatientID', '--patient-id', options.patientId),
    ...equals('AccessionNumber', '--accession', options.accession),
    ...equals('Modality', '--modality', options.modality),
    ...equals('SOPClassUID', '--sop-class', options.sopClass),
    ...texts.map(parseFilter),
    ...exclude.map(excludeFilter),
  ]
}

/** Refuses an empty value. It is most often an unset variable, and would select instances without the attribute. */
function equals(keyword: string, option: string, values: readonly string[] | undefined): InstanceFilter[] {
  if (values === undefined) return []
  if (values.some((value) => value.trim() === '')) {
    throw new UsageError(
      `Cannot use an empty value of ${option}: give a value, or --where ${keyword}= for instances without ${keyword}`,
    )
  }
  return [equalsFilter(keyword, values)]
}
