import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { UsageError } from '../errors.ts'

/** Attributes outside of the group of the patient that lead to one. */
const leading: ReadonlySet<string> = new Set([
  'AccessionNumber',
  'StudyID',
  'AdmissionID',
  'ServiceEpisodeID',
  'ClinicalTrialSubjectID',
  'ClinicalTrialSubjectReadingID',
])

/** Attributes of the group of the patient that many have in common. */
const common: ReadonlySet<string> = new Set(['PatientSex', 'PatientAge', 'PatientSize', 'PatientWeight'])

/**
 * Refuses filters by attributes that name a patient: their values would lie in Redis.
 * @throws {UsageError} that says what to do instead; it does not show the value
 */
export function checkPatientFilters(comparisons: readonly string[]): void {
  for (const text of comparisons) {
    const [path = ''] = /^[^=<>!]*/.exec(text) ?? []
    if (!path.split('.').some(namesPatient)) continue
    throw new UsageError(
      `Cannot filter a fleet by ${path}: it would put data of a patient into Redis; name the image sets: ` +
        'ahi-dicom search … --ids | ahi-dicom fleet submit -',
    )
  }
}

/** `name` is a keyword, or a tag in hexadecimal. */
function namesPatient(name: string): boolean {
  const digits = /^\(?([0-9a-f]{4}),?([0-9a-f]{4})\)?$/i.exec(name.trim())
  const [, group = '', element = ''] = digits ?? []
  const entry = digits === null ? lookUpKeyword(name.trim()) : lookUpTag(Number.parseInt(group + element, 16))
  if (entry === undefined) return group === '0010'
  const isOfPatient = entry.tag >>> 16 === 0x0010
  return entry.vr === 'PN' || leading.has(entry.keyword) || (isOfPatient && !common.has(entry.keyword))
}
