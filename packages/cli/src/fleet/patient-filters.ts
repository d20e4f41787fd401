import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { UsageError } from '../errors.ts'

/** Attributes outside of group 0010 that identify a patient. */
const leading: ReadonlySet<string> = new Set([
  'AccessionNumber',
  'StudyID',
  'AdmissionID',
  'ServiceEpisodeID',
  'ClinicalTrialSubjectID',
  'ClinicalTrialSubjectReadingID',
])

/** Attributes of group 0010 that do not identify a patient. */
const common: ReadonlySet<string> = new Set(['PatientSex', 'PatientAge', 'PatientSize', 'PatientWeight'])

/**
 * Refuses filters by attributes that identify a patient, because their values would be stored in Redis.
 * @throws {UsageError} that names the attribute but not the value
 */
export function checkPatientFilters(comparisons: readonly string[]): void {
  for (const text of comparisons) {
    const [path = ''] = /^[^=<>!]*/.exec(text) ?? []
    if (!path.split('.').some(namesPatient)) continue
    throw new UsageError(
      `Cannot filter a fleet by ${path}: it would store patient data in Redis; name the image sets instead: ` +
        'ahi-dicom search … --ids | ahi-dicom fleet submit -',
    )
  }
}

/** Returns true if an attribute identifies a patient. `name` is a keyword or a hexadecimal tag. */
function namesPatient(name: string): boolean {
  const digits = /^\(?([0-9a-f]{4}),?([0-9a-f]{4})\)?$/i.exec(name.trim())
  const [, group = '', element = ''] = digits ?? []
  const entry = digits === null ? lookUpKeyword(name.trim()) : lookUpTag(Number.parseInt(group + element, 16))
  if (entry === undefined) return group === '0010'
  const isOfPatient = entry.tag >>> 16 === 0x0010
  return entry.vr === 'PN' || leading.has(entry.keyword) || (isOfPatient && !common.has(entry.keyword))
}
