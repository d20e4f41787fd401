import type { PrimaryKey } from '../store/primary-conditions.ts'

/** The level of a search: it has one result per study, series or instance. */
export type SearchLevel = 'study' | 'series' | 'instance'

/** An attribute that a search may filter by. */
export type MatchKey =
  | { readonly keyword: PrimaryKey; readonly level: 'study' | 'series'; readonly vr: string }
  | { readonly keyword: string; readonly level: 'instance'; readonly vr: string }

/** The match keys in the developer guide ("Searching DICOM data"). */
const matchKeys: readonly MatchKey[] = [
  { keyword: 'StudyDate', level: 'study', vr: 'DA' },
  { keyword: 'StudyTime', level: 'study', vr: 'TM' },
  { keyword: 'AccessionNumber', level: 'study', vr: 'SH' },
  { keyword: 'ModalitiesInStudy', level: 'study', vr: 'CS' },
  { keyword: 'ReferringPhysicianName', level: 'study', vr: 'PN' },
  { keyword: 'StudyDescription', level: 'study', vr: 'LO' },
  { keyword: 'PatientName', level: 'study', vr: 'PN' },
  { keyword: 'PatientID', level: 'study', vr: 'LO' },
  { keyword: 'PatientBirthDate', level: 'study', vr: 'DA' },
  { keyword: 'PatientBirthTime', level: 'study', vr: 'TM' },
  { keyword: 'StudyInstanceUID', level: 'study', vr: 'UI' },
  { keyword: 'StudyID', level: 'study', vr: 'SH' },
  { keyword: 'Modality', level: 'series', vr: 'CS' },
  { keyword: 'SeriesInstanceUID', level: 'series', vr: 'UI' },
  { keyword: 'SOPClassUID', level: 'instance', vr: 'UI' },
  { keyword: 'SOPInstanceUID', level: 'instance', vr: 'UI' },
  { keyword: 'WarningReason', level: 'instance', vr: 'US' },
]

const searchLevels: readonly SearchLevel[] = ['study', 'series', 'instance']

/**
 * Returns the match key of a keyword, if searches of the level allow it. A level allows its own keys and the keys above
 * it.
 */
export function matchKey(keyword: string, level: SearchLevel): MatchKey | undefined {
  const key = matchKeys.find((candidate) => candidate.keyword === keyword)
  return key !== undefined && searchLevels.indexOf(key.level) <= searchLevels.indexOf(level) ? key : undefined
}
