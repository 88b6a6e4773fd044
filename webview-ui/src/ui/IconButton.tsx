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
  /** Id of what tells it from others of its name. */
  describedBy?: string;
}

export function IconButton(props: Props) {
  const { icon, label, onClick, disabled = false, className, title, expanded, pressed, describedBy } = props;
  return (
    <button
      type="button"
      className={`icon-button${className ? ` ${className}` : ''}`}
      aria-label={label}
      aria-describedby={describedBy}
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
