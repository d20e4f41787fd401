import type { FileData, InstanceData } from '../src/page/page-data.ts'
import { element } from './elements.ts'
import { showRows } from './paged-rows.ts'
import { bytesText, compareValues } from './quantities.ts'

interface Row {
  readonly sop: string
  readonly frames: number
  readonly checksum: string
  readonly file: FileData
}

interface Column {
  readonly name: string
  /** Value to sort rows by. If undefined, the column cannot be sorted. */
  readonly value?: (row: Row) => number | string
  readonly cell: (row: Row) => Node | string
}

const columns: readonly Column[] = [
  { name: 'SOP instance', value: ({ sop }) => sop, cell: ({ sop }) => sop },
  { name: 'File', value: ({ file: [, path] }) => path, cell: fileCell },
  { name: 'Format', value: ({ file: [, , format] }) => format, cell: formatCell },
  { name: 'Frames', value: ({ frames }) => frames, cell: ({ frames }) => String(frames) },
  { name: 'Size', value: ({ file: [, , , bytes] }) => bytes, cell: ({ file: [, , , bytes] }) => bytesText(bytes) },
  { name: 'Frames compared', value: ({ checksum }) => checksum, cell: ({ checksum }) => checksum },
  { name: 'SHA-256', cell: ({ file: [, , , , sha256] }) => element('code', {}, sha256) },
]

/** Makes the table of the files of a series, with one row per file. A click on a header sorts it. */
export function instanceTable(instances: readonly InstanceData[], caption: string): HTMLElement {
  const rows = instances.flatMap(([sop, frames, checksum, files]) =>
    files.map((file): Row => ({ sop, frames, checksum, file })),
  )
  const body = element('tbody')
  const after = element('div', { class: 'after' })
  const heads = columns.map((column) => headOf(column, sortBy))

  function show(sorted: readonly Row[]): void {
    showRows({ items: sorted, noun: 'file', list: body, after, row: rowOf })
  }

  function sortBy(column: Column, head: HTMLElement): void {
    const isDescending = head.getAttribute('aria-sort') === 'ascending'
    for (const other of heads) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending')
    const { value = () => '' } = column
    const sorted = rows.toSorted((left, right) => compareValues(value(left), value(right)))
    show(isDescending ? sorted.toReversed() : sorted)
  }

  show(rows)
  const table = element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...heads)),
    body,
  )
  // With the focus, the table can be scrolled with the keyboard.
  const scroller = element('div', { class: 'scroller', role: 'region', tabindex: '0', 'aria-label': caption }, table)
  return element('div', {}, scroller, after)
}

function headOf(column: Column, sortBy: (column: Column, head: HTMLElement) => void): HTMLElement {
  const head = element('th', { scope: 'col' })
  if (column.value === undefined) {
    head.append(column.name)
    return head
  }
  const button = element('button', { type: 'button' }, column.name)
  button.addEventListener('click', () => sortBy(column, head))
  head.append(button)
  return head
}

function rowOf(row: Row): HTMLElement {
  return element('tr', {}, ...columns.map(({ name, cell }) => element('td', { 'data-label': name }, cell(row))))
}

function fileCell({ file: [link, path] }: Row): Node | string {
  return link === '' ? path : element('a', { href: link }, path)
}

function formatCell({ file: [, , format, , , frame] }: Row): string {
  return frame < 0 ? format : `${format}, frame ${frame + 1}`
}
