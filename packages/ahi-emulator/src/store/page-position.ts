/** The end of a page: the value of its last item that the list is sorted by, and the item's id for equal values. */
export interface PagePosition {
  readonly value: string | number
  readonly id: string
}
