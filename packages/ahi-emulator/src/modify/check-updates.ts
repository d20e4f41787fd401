import { attributeLevel } from '@ahi-dicom/ahi-metadata'
import { formatTag, isPrivate } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword, lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { keywordEntry } from '../document/keyword-entry.ts'
import { longestValues } from '../document/longest-values.ts'
import { validationError, type ServiceError } from '../operation/service-error.ts'
import type { MetadataTree, TreeAttribute } from './metadata-tree.ts'
import { fitsValueRepresentation } from './value-constraints.ts'

/** The image sets that an update applies to. */
export interface UpdateScope {
  readonly isPrimary: boolean
  readonly isForced: boolean
  /** True if the update applies to all primary image sets of the study. */
  readonly includesStudy: boolean
}

/** Attributes that identify instances. */
const uidKeywords = new Set(['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'])

/**
 * Checks an update against the DICOM metadata constraints of the developer guide that depend only on the request:
 * levels, changes that need `force`, and changes that primary image sets do not allow.
 * @throws {ServiceError} ValidationException naming the first violated constraint
 */
export function checkUpdates(
  {
    removable,
    updatable,
  }: { readonly removable?: MetadataTree | undefined; readonly updatable?: MetadataTree | undefined },
  scope: UpdateScope,
): void {
  for (const attribute of removable?.attributes ?? []) {
    if (uidKeywords.has(attribute.key)) throw validationError(`${attribute.key} cannot be removed`)
    checkAttribute(attribute, scope)
  }
  for (const attribute of updatable?.attributes ?? []) {
    checkAttribute(attribute, scope)
    checkLength(attribute)
    if (uidKeywords.has(attribute.key) && !isUid(attribute.value))
      throw validationError(`${attribute.key} must be a UID`)
  }
  const wholes = [...(removable?.wholeSeries ?? []), ...(removable?.wholeInstances ?? [])]
  const below = [...wholes, ...(removable?.vrs ?? []), ...(updatable?.vrs ?? [])]
  if (scope.includesStudy && below.length > 0) throw onlyPatientAndStudy()
}

function checkAttribute(attribute: TreeAttribute, scope: UpdateScope): void {
  checkLevel(attribute, scope)
  const constraint = constraintOf(attribute)
  if (constraint === undefined) return
  if (scope.isPrimary) throw validationError(`${constraint}: it cannot be changed in a primary image set`)
  if (!scope.isForced) throw validationError(`${constraint}: set the force flag to change it`)
}

function checkLevel({ level, key }: TreeAttribute, { isPrimary, includesStudy }: UpdateScope): void {
  const tag = tagOf(key)
  const belongs = tag === undefined ? 'Instance' : attributeLevel(formatTag(tag))
  if (belongs !== level)
    throw validationError(`${key} is an attribute of the ${belongs} level, not of the ${level} level`)
  if (includesStudy) {
    if (level === 'Series' || level === 'Instance') throw onlyPatientAndStudy()
  } else if (isPrimary && (level === 'Patient' || level === 'Series')) {
    throw validationError(`${level} level attributes of a primary image set cannot be changed`)
  }
}

/** Returns why changing an attribute needs `force`, or `undefined` if it does not. */
function constraintOf({ key, value }: TreeAttribute): string | undefined {
  const entry = lookUpKeyword(key)
  const tag = tagOf(key)
  if (tag === undefined) return `${key} is not an attribute of the DICOM standard`
  if (isPrivate(tag)) return `${key} is a private attribute`
  const { vr, vm } = entry ?? lookUpTag(tag) ?? { vr: undefined, vm: '1' }
  if (vr === undefined) return `${key} is not an attribute of the DICOM standard`
  if (uidKeywords.has(key) || key === 'StudyID') return `${key} identifies instances`
  if (vr === 'SQ') return `${key} is a sequence`
  if (vm !== '1' || Array.isArray(value)) return `${key} has several values`
  return fitsValueRepresentation(vr, value) ? undefined : `The value of ${key} does not fit its VR ${vr}`
}

/**
 * Returns the tag of a key, or `undefined` for an unknown key. Standard attributes are keyed by keyword, others by tag.
 */
function tagOf(key: string): number | undefined {
  const entry = lookUpKeyword(key)
  if (entry !== undefined) return entry.tag
  if (!/^[\dA-F]{8}$/.test(key)) return undefined
  const tag = Number.parseInt(key, 16)
  const keyword = keywordEntry(tag)?.keyword
  if (keyword !== undefined) throw validationError(`${key} must be keyed as ${keyword}`)
  return tag
}

function checkLength({ key, value }: TreeAttribute): void {
  const longest = longestValues[key]
  if (longest !== undefined && typeof value === 'string' && value.length > longest) {
    throw validationError(`${key} has ${value.length} characters, but the limit is ${longest}`)
  }
}

function isUid(value: unknown): boolean {
  return typeof value === 'string' && /^[\d.]+$/.test(value)
}

function onlyPatientAndStudy(): ServiceError {
  return validationError('includeStudyImageSets only allows changes at the Patient and Study levels')
}
