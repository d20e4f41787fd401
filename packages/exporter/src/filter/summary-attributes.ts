import type { ImageSetFilters, ImageSetSummary } from '@ahi-dicom/ahi-client'
import { isSearchableUid } from '../selection/searchable-uid.ts'
import { endOf, startOf, type OrderedValue } from './order.ts'
import { literalText } from './pattern.ts'
import type { Condition } from './condition.ts'

/** What a search tells of an attribute, and what it can search for. */
export interface SummaryAttribute {
  /** Returns what the search told; undefined: nothing. */
  value(summary: ImageSetSummary): string | number | undefined
  /** Returns the filters of a search that finds at least what meets the condition, or undefined. */
  search?(condition: Condition): ImageSetFilters | undefined
}

/**
 * Attributes that AHI's search tells of. An image set has one value of each, because each has one patient, study and series.
 * `createdAt` and `updatedAt` are AHI's own, and not in the document.
 */
export const summaryAttributes: Readonly<Record<string, SummaryAttribute>> = {
  PatientID: {
    value: ({ patientId }) => patientId,
    search: (condition) => equality(condition, (patientId) => ({ patientId })),
  },
  AccessionNumber: {
    value: ({ accessionNumber }) => accessionNumber,
    search: (condition) => equality(condition, (accessionNumber) => ({ accessionNumber })),
  },
  StudyID: {
    value: ({ studyId }) => studyId,
    search: (condition) => equality(condition, (studyId) => ({ studyId })),
  },
  StudyInstanceUID: {
    value: ({ studyInstanceUid }) => studyInstanceUid,
    search: (condition) => uidEquality(condition, (studyInstanceUid) => ({ studyInstanceUid })),
  },
  SeriesInstanceUID: {
    value: ({ seriesInstanceUid }) => seriesInstanceUid,
    search: (condition) => uidEquality(condition, (seriesInstanceUid) => ({ seriesInstanceUid })),
  },
  StudyDate: { value: ({ studyDate }) => studyDate, search: studyDates },
  createdAt: {
    value: ({ createdAt }) => createdAt?.toISOString(),
    search: (condition) => times(condition, (createdAt) => ({ createdAt })),
  },
  updatedAt: {
    value: ({ updatedAt }) => updatedAt?.toISOString(),
    search: (condition) => times(condition, (updatedAt) => ({ updatedAt })),
  },
  PatientName: { value: ({ patientName }) => patientName },
  PatientBirthDate: { value: ({ patientBirthDate }) => patientBirthDate },
  PatientSex: { value: ({ patientSex }) => patientSex },
  StudyDescription: { value: ({ studyDescription }) => studyDescription },
  StudyTime: { value: ({ studyTime }) => studyTime },
  Modality: { value: ({ seriesModality }) => seriesModality },
  BodyPartExamined: { value: ({ seriesBodyPart }) => seriesBodyPart },
  SeriesNumber: { value: ({ seriesNumber }) => seriesNumber },
}

/** Longest text that AHI keeps of these attributes. */
const longestText = 256

/** AHI compares whole values: a single text without wildcards can be searched for. */
function equality(
  { operator, alternatives: [first, ...others] }: Condition,
  filters: (text: string) => ImageSetFilters | undefined,
): ImageSetFilters | undefined {
  if (operator !== '=' || others.length > 0 || first?.kind !== 'pattern') return undefined
  const text = literalText(first.pattern) ?? ''
  return text === '' || text.length > longestText ? undefined : filters(text)
}

function uidEquality(condition: Condition, filters: (text: string) => ImageSetFilters): ImageSetFilters | undefined {
  return equality(condition, (text) => (isSearchableUid(text) ? filters(text) : undefined))
}

/** The search takes whole days. What it finds too much, the summaries show. */
function studyDates(condition: Condition): ImageSetFilters | undefined {
  const bounds = boundsOf(condition)
  if (bounds === undefined) return undefined
  const from = bounds.from === undefined ? undefined : dayOf(bounds.from)
  const to = bounds.end === undefined ? undefined : dayOf(new Date(bounds.end.getTime() - 1))
  return from !== undefined && to !== undefined && from > to ? undefined : { studyDateTime: { from, to } }
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10).replaceAll('-', '')
}

/** An open end lies in the future, since the clock of this machine may be behind that of AHI. */
function times(
  condition: Condition,
  filters: (range: { readonly from: Date; readonly to: Date }) => ImageSetFilters,
): ImageSetFilters | undefined {
  const bounds = boundsOf(condition)
  if (bounds === undefined) return undefined
  const { from = new Date(0), end: to = new Date(Math.max(Date.now(), from.getTime()) + dayMs) } = bounds
  return from > to ? undefined : filters({ from, to })
}

const dayMs = 86_400_000

interface Bounds {
  readonly from: Date | undefined
  /** The first moment after it. */
  readonly end: Date | undefined
}

function boundsOf({ operator, alternatives: [first, ...others] }: Condition): Bounds | undefined {
  if (operator === '!=' || others.length > 0 || first?.kind !== 'range') return undefined
  return {
    from: moment(first.from, operator === '>' ? endOf : startOf),
    end: moment(first.to, operator === '<' ? startOf : endOf),
  }
}

function moment(limit: OrderedValue | undefined, momentOf: (digits: string) => Date): Date | undefined {
  if (limit?.kind !== 'digits') return undefined
  return new Date(momentOf(limit.digits).getTime() - (limit.offsetMinutes ?? 0) * 60_000)
}
