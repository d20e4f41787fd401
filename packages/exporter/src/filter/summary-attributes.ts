import type { ImageSetFilters, ImageSetSummary } from '@ahi-dicom/ahi-client'
import { isSearchableUid } from '../selection/searchable-uid.ts'
import { endOf, startOf, type OrderedValue } from './order.ts'
import { literalText } from './pattern.ts'
import type { Condition } from './condition.ts'

/** An attribute in the summaries of AHI's search. */
export interface SummaryAttribute {
  /** Returns its value in a summary, or undefined if the summary lacks it. */
  value(summary: ImageSetSummary): string | number | undefined
  /** Returns filters for a search that finds at least all image sets that meet the condition, or undefined. */
  search?(condition: Condition): ImageSetFilters | undefined
}

/**
 * The attributes in AHI's search results. An image set has one value of each, because it has one patient, study and
 * series. `createdAt` and `updatedAt` are AHI's and not in the document.
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

/** The longest text that AHI stores for these attributes. */
const longestText = 256

/**
 * Returns a search for an exact value. AHI compares whole values, so the condition must be a single text without
 * wildcards.
 */
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

/** Returns a search for study dates. AHI searches by whole days; the summaries then filter more exactly. */
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

/**
 * Returns a search for times of AHI. An open end is set to a day from now, because this machine's clock may be behind
 * AHI's.
 */
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
  /** The first moment after the range. */
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
