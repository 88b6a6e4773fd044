// A button that shows an icon and is named in words.
import { Icon, type IconName } from './Icon.tsx';

interface Props {
  icon: IconName;
  /** Its accessible name, and its tooltip. */
  label: string;
  onClick: () => void;
  disabled?: boolean;
  className?: string;
  /** Where the tooltip says more than the name. */
  title?: string;
  /** Whether what it opens is open. */
  expanded?: boolean;
  /** Whether what it switches is on. */
  pressed?: boolean;
}

export function IconButton({ icon, label, onClick, disabled = false, className, title, expanded, pressed }: Props) {
  return (
    <button
      type="button"
      className={`icon-button${className ? ` ${className}` : ''}`}
      aria-label={label}
      title={title ?? label}
      aria-expanded={expanded}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
