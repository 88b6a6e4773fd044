// A button that shows an icon and is named in words.
import { Icon, type IconName } from './Icon.tsx';

interface Props {
  icon: IconName;
  /** Its accessible name, and its tooltip. */
  label: string;
  onClick: () => void;
  disabled?: boolean;
  className?: string;
}

export function IconButton({ icon, label, onClick, disabled = false, className }: Props) {
  return (
    <button
      type="button"
      className={`icon-button${className ? ` ${className}` : ''}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
