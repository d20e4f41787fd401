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

/** Returns the filters that the options ask for, or throws if one is malformed. Exclusions are read from their lists before. */
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

/** An empty value is most often a variable that was not set, and would select what has none. */
function equals(keyword: string, option: string, values: readonly string[] | undefined): InstanceFilter[] {
  if (values === undefined) return []
  if (values.some((value) => value.trim() === '')) {
    throw new UsageError(`Cannot use an empty value of ${option}: for what has no ${keyword}, give --where ${keyword}=`)
  }
  return [equalsFilter(keyword, values)]
}
