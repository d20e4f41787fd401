import { element } from './elements.ts'
import { countText } from './quantities.ts'

const rowsAtATime = 100

/** The items of a list, and a function that makes their rows. */
export interface PagedRows<Item> {
  readonly items: readonly Item[]
  /** The name of one item, such as `series`. */
  readonly noun: string
  /** Element that the rows are added to. */
  readonly list: HTMLElement
  /** Element that the button is added to. */
  readonly after: HTMLElement
  readonly row: (item: Item) => HTMLElement
}

/** Shows the first rows of a list, and a button that shows more. The focus goes to the first new row. */
export function showRows<Item>({ items, noun, list, after, row }: PagedRows<Item>): void {
  let shown = 0
  const button = element('button', { type: 'button', class: 'more' })

  function showMore(hasFocus: boolean): void {
    const made = items.slice(shown, shown + rowsAtATime).map(row)
    list.append(...made)
    shown += made.length
    const left = items.length - shown
    button.textContent = `Show more: ${countText(left, noun)} left`
    button.hidden = left === 0
    const [first] = made
    if (!hasFocus || first === undefined) return
    const target = first.querySelector<HTMLElement>('summary, a') ?? first
    if (target === first) first.tabIndex = -1
    target.focus()
  }

  list.replaceChildren()
  after.replaceChildren(button)
  button.addEventListener('click', () => showMore(true))
  showMore(false)
}
