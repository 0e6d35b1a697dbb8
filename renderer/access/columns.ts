/** The columns of an access list's grid, in VPOP3's order. */

export type ColumnId =
  | 'order'
  | 'action'
  | 'type'
  | 'address'
  | 'prefix'
  | 'unauth'
  | 'mends'
  | 'users'
  | 'comment'
  | 'enabled'

export const columns: readonly { readonly id: ColumnId; readonly title: string }[] = [
  { id: 'order', title: 'Order' },
  { id: 'action', title: 'Restrict' },
  { id: 'type', title: 'Type' },
  { id: 'address', title: 'Address' },
  { id: 'prefix', title: 'Prefix' },
  { id: 'unauth', title: 'Allow Unauth' },
  { id: 'mends', title: 'Mend Lines' },
  { id: 'users', title: 'Users' },
  { id: 'comment', title: 'Comment' },
  { id: 'enabled', title: 'On' },
]
