import { ColumnError } from '../errors.ts'
import { parseAttributePath, type AttributePath } from '../filter/attribute-path.ts'
import { columnType } from './column-type.ts'
import type { ColumnSource, ColumnType, TableColumn, TableLevel } from './table-column.ts'

/** Level and columns of a table. */
export interface TableShape {
  /** The subject of a row. Default `instance`. */
  readonly level?: TableLevel | undefined
  /** Names of the columns, in order. Default: columns that do not describe a patient. */
  readonly columns?: readonly string[] | undefined
}

const describing = ['StudyInstanceUID', 'StudyDate'] as const
const ofSeries = ['SeriesInstanceUID', 'SeriesNumber', 'Modality', 'BodyPartExamined'] as const

/** Excludes descriptions, because people write patient names into them. */
const defaultColumns: Readonly<Record<TableLevel, readonly string[]>> = {
  instance: [
    'imageSetId',
    ...describing,
    ...ofSeries,
    'SOPInstanceUID',
    'SOPClassUID',
    'InstanceNumber',
    'Rows',
    'Columns',
    'frameCount',
  ],
  series: [
    'imageSetId',
    ...describing,
    ...ofSeries,
    'SOPClassUID',
    'NumberOfSeriesRelatedInstances',
    'frameCount',
    'differingColumns',
  ],
  study: [
    ...describing,
    'ModalitiesInStudy',
    'NumberOfStudyRelatedSeries',
    'NumberOfStudyRelatedInstances',
    'frameCount',
    'differingColumns',
  ],
}

type OwnColumn = Omit<TableColumn, 'name'>

/** Columns that are not DICOM attributes. */
const ownColumns: Readonly<Record<string, OwnColumn>> = {
  datastoreId: text({ kind: 'image-set', of: ({ key }) => key.datastoreId }),
  imageSetId: text({ kind: 'image-set', of: ({ key }) => key.imageSetId }),
  versionId: text({ kind: 'image-set', of: ({ key }) => key.versionId }),
  isPrimary: {
    type: 'boolean',
    isList: false,
    source: { kind: 'image-set', of: ({ imageSet }) => imageSet.selected.summary.isPrimary },
  },
  storageTier: text({ kind: 'image-set', of: ({ imageSet }) => imageSet.selected.summary.storageTier }),
  frameCount: count('frames'),
}

/** Columns that combine several instances. AHI's documents usually do not contain these attributes. */
const groupColumns: Readonly<Record<TableLevel, Readonly<Record<string, OwnColumn>>>> = {
  instance: {},
  series: {
    NumberOfSeriesRelatedInstances: count('instances'),
    differingColumns: texts({ kind: 'differing' }),
  },
  study: {
    NumberOfStudyRelatedInstances: count('instances'),
    NumberOfStudyRelatedSeries: count('series'),
    ModalitiesInStudy: texts({ kind: 'distinct', path: knownPath('Modality') }),
    SOPClassesInStudy: texts({ kind: 'distinct', path: knownPath('SOPClassUID') }),
    differingColumns: texts({ kind: 'differing' }),
  },
}

/**
 * Returns the columns of a table.
 *
 * @throws {ColumnError} if a name is not a column, or is listed twice
 * @example
 * import { tableColumns } from '@ahi-dicom/exporter'
 *
 * const [first] = tableColumns({ level: 'series', columns: ['Modality'] })
 * console.log(first.name) // Modality
 */
export function tableColumns({ level = 'instance', columns = defaultColumns[level] }: TableShape = {}): readonly [
  TableColumn,
  ...TableColumn[],
] {
  const known = new Set<string>()
  const [first, ...others] = columns.map((text) => {
    const column = tableColumn(text.trim(), level)
    if (known.has(column.name)) throw new ColumnError(text, 'it is listed twice')
    known.add(column.name)
    return column
  })
  if (first === undefined) throw new ColumnError('', 'a table needs at least one column')
  return [first, ...others]
}

/**
 * Splits a list of column names such as `PatientID,(0019,xx0A,ACME)`. Commas in brackets belong to a name.
 *
 * @example
 * import { splitColumns } from '@ahi-dicom/exporter'
 *
 * console.log(splitColumns('PatientID,(0019,xx0A,ACME)')) // [ 'PatientID', '(0019,xx0A,ACME)' ]
 */
export function splitColumns(list: string): readonly string[] {
  const names = Array.from(list.matchAll(/((?:\((?:[^")]|"[^"]*")*\)|[^,])*)(,|$)/g))
  const end = names.findIndex(([, , comma]) => comma === '')
  return names.slice(0, end + 1).map(([, name = '']) => name.trim())
}

function tableColumn(name: string, level: TableLevel): TableColumn {
  const own = namedColumn(groupColumns[level], name) ?? namedColumn(ownColumns, name)
  if (own !== undefined) return { name, ...own }
  const path = parseAttributePath(name)
  if ('unknown' in path) throw new ColumnError(name, whyUnknown(path.unknown))
  return { name: path.name, ...attributeShape(path), source: { kind: 'attribute', path } }
}

function namedColumn(columns: Readonly<Record<string, OwnColumn>>, name: string): OwnColumn | undefined {
  return Object.hasOwn(columns, name) ? columns[name] : undefined
}

function whyUnknown(part: string): string {
  if (part === 'differingColumns') return 'only tables of series or studies have it'
  return `'${part}' is not a keyword of the DICOM dictionary`
}

/** Returns type and shape of an attribute's column. An attribute in a sequence may have a value in each item. */
function attributeShape({ vr, vm, steps }: AttributePath): { readonly type: ColumnType; readonly isList: boolean } {
  const type = columnType(vr)
  const isWhole = type === 'json' || type === 'mixed'
  return { type, isList: !isWhole && (vm !== '1' || steps.length > 1) }
}

function text(source: ColumnSource): OwnColumn {
  return { type: 'string', isList: false, source }
}

function texts(source: ColumnSource): OwnColumn {
  return { type: 'string', isList: true, source }
}

function count(kind: 'frames' | 'instances' | 'series'): OwnColumn {
  return { type: 'int32', isList: false, source: { kind } }
}

function knownPath(keyword: string): AttributePath {
  const path = parseAttributePath(keyword)
  if ('unknown' in path) throw new ColumnError(keyword, whyUnknown(path.unknown))
  return path
}
