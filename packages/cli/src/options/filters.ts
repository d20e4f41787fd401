import { equalsFilter, excludeFilter, parseFilter, type InstanceFilter } from '@ahi-dicom/exporter'
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
    ...equals('PatientID', options.patientId),
    ...equals('AccessionNumber', options.accession),
    ...equals('Modality', options.modality),
    ...equals('SOPClassUID', options.sopClass),
    ...texts.map(parseFilter),
    ...exclude.map(excludeFilter),
  ]
}

function equals(keyword: string, values: readonly string[] | undefined): InstanceFilter[] {
  return values === undefined ? [] : [equalsFilter(keyword, values)]
}
