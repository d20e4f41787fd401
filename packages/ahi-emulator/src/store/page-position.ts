/** Where a page ended: the value it is ordered by, and the id that tells equal ones apart. */
export interface PagePosition {
  readonly value: string | number
  readonly id: string
}
