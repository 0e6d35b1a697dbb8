/** A button: plain, the page's main one, dangerous, or as small as its icon. */
import type { LucideIcon } from 'lucide-react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'

interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className'> {
  readonly kind?: 'plain' | 'main' | 'danger' | 'quiet' | 'link'
  readonly icon?: LucideIcon
  readonly children: React.ReactNode
}

export function Button({ kind = 'plain', icon: Icon, children, ...rest }: ButtonProps) {
  return (
    <AriaButton className={`button button-${kind}`} {...rest}>
      {Icon && <Icon size={15} aria-hidden />}
      {children}
    </AriaButton>
  )
}

interface IconButtonProps extends Omit<AriaButtonProps, 'children' | 'className'> {
  readonly icon: LucideIcon
  readonly label: string
}

export function IconButton({ icon: Icon, label, ...rest }: IconButtonProps) {
  return (
    <AriaButton className="button button-icon" aria-label={label} {...rest}>
      <Icon size={16} aria-hidden />
    </AriaButton>
  )
}
