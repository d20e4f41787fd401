import { type Subject, validationError } from '../errors/subject.ts'

/** A range of times. Both ends are included. */
export interface DateRange {
  /** Default: the beginning of 1970. */
  readonly from?: Date | undefined
  /** Default: now. */
  readonly to?: Date | undefined
}

/** A range of study dates, each `YYYYMMDD` or `YYYYMMDDHHMMSS[.FFFFFF]`. Both ends are included. */
export interface StudyDateTimeRange {
  /** Start. Without a time, the beginning of that day. Default: the year 1900. */
  readonly from?: string | undefined
  /** End. Without a time, the end of that day. Default: the end of the year 9999. */
  readonly to?: string | undefined
}

/** Filters of a search. AHI accepts at most one equality and one range. It compares whole values, without wildcards. */
export interface ImageSetFilters {
  readonly patientId?: string | undefined
  readonly accessionNumber?: string | undefined
  readonly studyId?: string | undefined
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
  readonly isPrimary?: boolean | undefined
  readonly createdAt?: DateRange | undefined
  readonly updatedAt?: DateRange | undefined
  readonly studyDateTime?: StudyDateTimeRange | undefined
}

/** The order of the results. AHI's default is by `updatedAt`, newest first. */
export interface ImageSetSort {
  readonly field: 'updatedAt' | 'createdAt' | 'studyDateTime'
  readonly order: 'ASC' | 'DESC'
}

/** A value to compare with, under its name in the API. */
type SearchValue =
  | { readonly DICOMPatientId: string }
  | { readonly DICOMAccessionNumber: string }
  | { readonly DICOMStudyId: string }
  | { readonly DICOMStudyInstanceUID: string }
  | { readonly DICOMSeriesInstanceUID: string }
  | { readonly isPrimary: boolean }
  | { readonly createdAt: Date }
  | { readonly updatedAt: Date }
  | { readonly DICOMStudyDateAndTime: { readonly DICOMStudyDate: string; readonly DICOMStudyTime: string } }

/** A filter of the API. */
export interface SearchFilter {
  readonly operator: 'EQUAL' | 'BETWEEN'
  readonly values: SearchValue[]
}

/**
 * Converts filters to filters of the API.
 *
 * @throws {AhiValidationError} if the API does not accept them
 */
export function searchFilters(filters: ImageSetFilters, subject: Subject): SearchFilter[] {
  const equal = equalities(filters, subject)
  const between = ranges(filters, subject)
  atMostOne(equal, 'equality', subject)
  atMostOne(between, 'range', subject)
  return [
    ...equal.map((value): SearchFilter => ({ operator: 'EQUAL', values: [value] })),
    ...between.map((values): SearchFilter => ({ operator: 'BETWEEN', values })),
  ]
}

/** Returns the API's name of a sort field. */
export function searchSortField(field: ImageSetSort['field']): 'updatedAt' | 'createdAt' | 'DICOMStudyDateAndTime' {
  return field === 'studyDateTime' ? 'DICOMStudyDateAndTime' : field
}

function atMostOne(found: readonly unknown[], kind: string, subject: Subject): void {
  if (found.length <= 1) return
  const remedy = 'give at most one equality and one range, and filter the results yourself'
  throw validationError(subject, `AHI accepts one ${kind} filter, not ${found.length}`, remedy)
}

function equalities(filters: ImageSetFilters, subject: Subject): SearchValue[] {
  const { patientId, accessionNumber, studyId, studyInstanceUid, seriesInstanceUid, isPrimary } = filters
  const found: SearchValue[] = []
  if (patientId !== undefined) found.push({ DICOMPatientId: patientId })
  if (accessionNumber !== undefined) found.push({ DICOMAccessionNumber: accessionNumber })
  if (studyId !== undefined) found.push({ DICOMStudyId: studyId })
  if (studyInstanceUid !== undefined) found.push({ DICOMStudyInstanceUID: uid(studyInstanceUid, 'study', subject) })
  if (seriesInstanceUid !== undefined) {
    found.push({ DICOMSeriesInstanceUID: uid(seriesInstanceUid, 'series', subject) })
  }
  if (isPrimary !== undefined) found.push({ isPrimary })
  return found
}

/** Checks a UID by PS3.5 9.1. Leading zeros of a component are allowed, because some objects have them. */
function uid(value: string, level: string, subject: Subject): string {
  if (value.length <= 64 && /^\d+(\.\d+)*$/.test(value)) return value
  const reason = `the ${level} instance UID ${JSON.stringify(value)} is malformed`
  throw validationError(subject, reason, 'give at most 64 digits and dots')
}

function ranges({ createdAt, updatedAt, studyDateTime }: ImageSetFilters, subject: Subject): SearchValue[][] {
  const found: SearchValue[][] = []
  if (createdAt !== undefined) found.push(dates(createdAt, 'createdAt', subject).map((date) => ({ createdAt: date })))
  if (updatedAt !== undefined) found.push(dates(updatedAt, 'updatedAt', subject).map((date) => ({ updatedAt: date })))
  if (studyDateTime !== undefined) found.push(studyDates(studyDateTime, subject))
  return found
}

function dates({ from = new Date(0), to = new Date() }: DateRange, name: string, subject: Subject): Date[] {
  if (from.getTime() <= to.getTime()) return [from, to]
  throw validationError(subject, `the range ${name} is empty or has an invalid date`, 'give `from` before `to`')
}

function studyDates({ from = '19000101', to = '99991231' }: StudyDateTimeRange, subject: Subject): SearchValue[] {
  const bounds = [studyDate(from, '000000', subject), studyDate(to, '235959.999999', subject)]
  const [lower = '', upper = ''] = bounds.map(({ date, time }) => `${date}${time}`)
  if (lower > upper) throw validationError(subject, 'the range studyDateTime is empty', 'give `from` before `to`')
  return bounds.map(({ date, time }) => ({ DICOMStudyDateAndTime: { DICOMStudyDate: date, DICOMStudyTime: time } }))
}

/**
 * Splits a study date and fills in a missing time. AHI reads a missing time as midnight, which would exclude the last
 * day of a range.
 */
function studyDate(text: string, missingTime: string, subject: Subject): { date: string; time: string } {
  const [, date, time = missingTime] = /^(\d{8})(\d{6}(?:\.\d{1,6})?)?$/.exec(text) ?? []
  if (date !== undefined) return { date, time }
  const reason = `the study date ${JSON.stringify(text)} is malformed`
  throw validationError(subject, reason, 'give YYYYMMDD or YYYYMMDDHHMMSS[.FFFFFF]')
}
