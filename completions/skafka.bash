#!/bin/bash

__skafka_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__skafka_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__skafka_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__skafka_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_skafka() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    produce|consume|topics|offsets|groups|configs|cluster|txn|quotas|acls|users|copy|compare|top|bench|dump-segment|broker|shell|help)
        # Offer subcommand argument completions
        "_skafka_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'produce consume topics offsets groups configs cluster txn quotas acls users copy compare top bench dump-segment broker shell help' -- "${cur}"))
        ;;
    esac
}

_skafka_produce() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain -Z --null -l --lines -J --idempotent --no-idempotent -T --tee --version -h --help)
    repeating_options=(-X --setting -H --header --property --reader-property)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color -t --topic -k --key -K --key-delimiter -D --delimiter -p --partition -z --compression --compression-codec -f --format --timestamp --acks --request-required-acks --partitioner --transactional-id --linger --batch-size --rate -c --max-messages --report --on-error)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion produce -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion produce -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion produce -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-k'|'--key')
        return
        ;;
    '-K'|'--key-delimiter')
        return
        ;;
    '-D'|'--delimiter')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '-p'|'--partition')
        return
        ;;
    '-z'|'--compression'|'--compression-codec')
        __skafka_add_completions -W 'none'$'\n''gzip'$'\n''snappy'$'\n''lz4'$'\n''zstd'
        return
        ;;
    '-f'|'--format')
        return
        ;;
    '--timestamp')
        return
        ;;
    '--acks'|'--request-required-acks')
        __skafka_add_completions -W '0'$'\n''1'$'\n''all'
        return
        ;;
    '--partitioner')
        __skafka_add_completions -W 'murmur2'$'\n''random'$'\n''sticky'$'\n''consistent'
        return
        ;;
    '--transactional-id')
        return
        ;;
    '--linger')
        return
        ;;
    '--batch-size')
        return
        ;;
    '--rate')
        return
        ;;
    '-c'|'--max-messages')
        return
        ;;
    '--report')
        return
        ;;
    '--on-error')
        __skafka_add_completions -W 'stop'$'\n''continue'
        return
        ;;
    '--property'|'--reader-property')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion produce -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_consume() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain -e --exit --regex -r -Z --null -J -u --unbuffered --print-control --version -h --help)
    repeating_options=(-X --setting -t --topic -o --offset --filter)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color -c -n --max-messages -p --partition -g --group -f --format -K --key-delimiter -D --delimiter --key-encoding --value-encoding --isolation-level --idle-timeout)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion consume -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion consume -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion consume -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-o'|'--offset')
        return
        ;;
    '-c'|'-n'|'--max-messages')
        return
        ;;
    '-p'|'--partition')
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion consume -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-f'|'--format')
        return
        ;;
    '-K'|'--key-delimiter')
        return
        ;;
    '-D'|'--delimiter')
        return
        ;;
    '--key-encoding')
        __skafka_add_completions -W 'utf8'$'\n''hex'$'\n''base64'$'\n''json'
        return
        ;;
    '--value-encoding')
        __skafka_add_completions -W 'utf8'$'\n''hex'$'\n''base64'$'\n''json'
        return
        ;;
    '--isolation-level')
        __skafka_add_completions -W 'read_committed'$'\n''read_uncommitted'
        return
        ;;
    '--filter')
        return
        ;;
    '--idle-timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion consume -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_topics() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|describe|create|alter|trim|delete|elect|reassign)
        # Offer subcommand argument completions
        "_skafka_topics_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list describe create alter trim delete elect reassign' -- "${cur}"))
        ;;
    esac
}

_skafka_topics_list() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --internal --version -h --help)
    repeating_options=(-X --setting)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics list -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics list -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    esac
}

_skafka_topics_describe() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --under-replicated --unavailable --internal --regex -r --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics describe -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics describe -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics describe -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics describe -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_topics_create() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --if-not-exists --dry-run --version -h --help)
    repeating_options=(-X --setting -t --topic -c --config)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --partitions --replication-factor)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics create -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics create -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics create -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--partitions')
        return
        ;;
    '--replication-factor')
        return
        ;;
    '-c'|'--config')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics create -- --config "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics create -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_topics_alter() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --dry-run --version -h --help)
    repeating_options=(-X --setting -t --topic -c --config --delete-config)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --partitions)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics alter -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics alter -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics alter -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--partitions')
        return
        ;;
    '-c'|'--config')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics alter -- --config "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--delete-config')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics alter -- --delete-config "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics alter -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_topics_trim() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --yes --dry-run --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --to -p --partition)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics trim -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics trim -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics trim -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--to')
        return
        ;;
    '-p'|'--partition')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics trim -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_topics_delete() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --if-exists --regex -r --yes --dry-run --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics delete -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics delete -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics delete -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics delete -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_topics_elect() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --unclean --yes --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics elect -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics elect -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics elect -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics elect -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_topics_reassign() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --cancel --dry-run --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --replicas)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics reassign -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics reassign -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics reassign -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--replicas')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion topics reassign -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_offsets() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    get|committed|reset|delete)
        # Offer subcommand argument completions
        "_skafka_offsets_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'get committed reset delete' -- "${cur}"))
        ;;
    esac
}

_skafka_offsets_get() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --time -p --partition)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets get -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets get -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets get -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--time')
        return
        ;;
    '-p'|'--partition')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets get -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_offsets_committed() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --all --all-groups --version -h --help)
    repeating_options=(-X --setting -g --group -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets committed -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets committed -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets committed -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets committed -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets committed -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_offsets_reset() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --all-topics --all-groups --to-earliest --to-latest --to-current --execute --dry-run --export --version -h --help)
    repeating_options=(-X --setting -g --group -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --to-offset --shift-by --to-datetime --by-duration --from-file --to-group)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets reset -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets reset -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets reset -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets reset -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--to-offset')
        return
        ;;
    '--shift-by')
        return
        ;;
    '--to-datetime')
        return
        ;;
    '--by-duration')
        return
        ;;
    '--from-file')
        __skafka_add_completions -f
        return
        ;;
    '--to-group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets reset -- --to-group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets reset -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_offsets_delete() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --yes --dry-run --version -h --help)
    repeating_options=(-X --setting -g --group -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets delete -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets delete -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets delete -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets delete -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion offsets delete -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_groups() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|describe|delete)
        # Offer subcommand argument completions
        "_skafka_groups_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list describe delete' -- "${cur}"))
        ;;
    esac
}

_skafka_groups_list() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting --state --type)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups list -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups list -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--state')
        return
        ;;
    '--type')
        return
        ;;
    esac
}

_skafka_groups_describe() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --offsets --members --state --all-groups --version -h --help)
    repeating_options=(-X --setting -g --group)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups describe -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups describe -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups describe -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups describe -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_groups_delete() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --all-groups --yes --dry-run --version -h --help)
    repeating_options=(-X --setting -g --group)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups delete -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups delete -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups delete -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion groups delete -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_configs() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    describe|alter|list)
        # Offer subcommand argument completions
        "_skafka_configs_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'describe alter list' -- "${cur}"))
        ;;
    esac
}

_skafka_configs_describe() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --dynamic --synonyms --version -h --help)
    repeating_options=(-X --setting -t --topic --broker --group --client-metrics --name)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs describe -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs describe -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs describe -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--broker')
        return
        ;;
    '--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs describe -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--client-metrics')
        return
        ;;
    '--name')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs describe -- --name "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs describe -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_configs_alter() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --dry-run --version -h --help)
    repeating_options=(-X --setting -t --topic --broker --group --client-metrics -c --config --delete-config --append --subtract --add-config)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--broker')
        return
        ;;
    '--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--client-metrics')
        return
        ;;
    '-c'|'--config')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- --config "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--delete-config')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- --delete-config "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--append')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- --append "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--subtract')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- --subtract "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--add-config')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs alter -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_configs_list() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --type --entity-type)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs list -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion configs list -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--type'|'--entity-type')
        return
        ;;
    esac
}

_skafka_cluster() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    describe)
        # Offer subcommand argument completions
        "_skafka_cluster_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'describe' -- "${cur}"))
        ;;
    esac
}

_skafka_cluster_describe() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion cluster describe -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion cluster describe -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    esac
}

_skafka_txn() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|describe|abort|producers|hanging)
        # Offer subcommand argument completions
        "_skafka_txn_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list describe abort producers hanging' -- "${cur}"))
        ;;
    esac
}

_skafka_txn_list() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting --state --producer-id)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --longer-than)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn list -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn list -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--state')
        return
        ;;
    '--producer-id')
        return
        ;;
    '--longer-than')
        return
        ;;
    esac
}

_skafka_txn_describe() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting --transactional-id)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn describe -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn describe -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--transactional-id')
        return
        ;;
    esac
}

_skafka_txn_abort() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --yes --dry-run --version -h --help)
    repeating_options=(-X --setting --transactional-id)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color -t --topic -p --partition --start-offset --producer-id --producer-epoch --coordinator-epoch)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn abort -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn abort -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--transactional-id')
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn abort -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-p'|'--partition')
        return
        ;;
    '--start-offset')
        return
        ;;
    '--producer-id')
        return
        ;;
    '--producer-epoch')
        return
        ;;
    '--coordinator-epoch')
        return
        ;;
    esac
}

_skafka_txn_producers() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color -p --partition)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn producers -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn producers -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn producers -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-p'|'--partition')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn producers -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_txn_hanging() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --older-than)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn hanging -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn hanging -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn hanging -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--older-than')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion txn hanging -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_quotas() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    describe|alter)
        # Offer subcommand argument completions
        "_skafka_quotas_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'describe alter' -- "${cur}"))
        ;;
    esac
}

_skafka_quotas_describe() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --user --client-id --ip)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion quotas describe -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion quotas describe -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--user')
        return
        ;;
    '--client-id')
        return
        ;;
    '--ip')
        return
        ;;
    esac
}

_skafka_quotas_alter() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --dry-run --version -h --help)
    repeating_options=(-X --setting -c --config --add-config --delete-config)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --user --client-id --ip)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion quotas alter -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion quotas alter -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--user')
        return
        ;;
    '--client-id')
        return
        ;;
    '--ip')
        return
        ;;
    '-c'|'--config'|'--add-config')
        return
        ;;
    '--delete-config')
        return
        ;;
    esac
}

_skafka_acls() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|create|delete)
        # Offer subcommand argument completions
        "_skafka_acls_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list create delete' -- "${cur}"))
        ;;
    esac
}

_skafka_acls_list() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --cluster --version -h --help)
    repeating_options=(-X --setting -t --topic -g --group --transactional-id --delegation-token --user-principal --principal)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --resource-pattern-type --host --operation --permission)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls list -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls list -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls list -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls list -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--transactional-id')
        return
        ;;
    '--delegation-token')
        return
        ;;
    '--user-principal')
        return
        ;;
    '--resource-pattern-type')
        return
        ;;
    '--principal')
        return
        ;;
    '--host')
        return
        ;;
    '--operation')
        return
        ;;
    '--permission')
        return
        ;;
    esac
}

_skafka_acls_create() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --cluster --producer --consumer --idempotent --dry-run --version -h --help)
    repeating_options=(-X --setting -t --topic -g --group --transactional-id --delegation-token --user-principal --allow-principal --deny-principal --allow-host --deny-host --operation)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --resource-pattern-type)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls create -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls create -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls create -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls create -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--transactional-id')
        return
        ;;
    '--delegation-token')
        return
        ;;
    '--user-principal')
        return
        ;;
    '--resource-pattern-type')
        return
        ;;
    '--allow-principal')
        return
        ;;
    '--deny-principal')
        return
        ;;
    '--allow-host')
        return
        ;;
    '--deny-host')
        return
        ;;
    '--operation')
        return
        ;;
    esac
}

_skafka_acls_delete() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --cluster --producer --consumer --idempotent --if-exists --yes --force --dry-run --version -h --help)
    repeating_options=(-X --setting -t --topic -g --group --transactional-id --delegation-token --user-principal --allow-principal --deny-principal --allow-host --deny-host --operation)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --resource-pattern-type)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls delete -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls delete -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls delete -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion acls delete -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--transactional-id')
        return
        ;;
    '--delegation-token')
        return
        ;;
    '--user-principal')
        return
        ;;
    '--resource-pattern-type')
        return
        ;;
    '--allow-principal')
        return
        ;;
    '--deny-principal')
        return
        ;;
    '--allow-host')
        return
        ;;
    '--deny-host')
        return
        ;;
    '--operation')
        return
        ;;
    esac
}

_skafka_users() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|describe|create|alter|delete)
        # Offer subcommand argument completions
        "_skafka_users_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list describe create alter delete' -- "${cur}"))
        ;;
    esac
}

_skafka_users_list() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users list -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users list -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    esac
}

_skafka_users_describe() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users describe -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users describe -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    esac
}

_skafka_users_create() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --if-not-exists --dry-run --version -h --help)
    repeating_options=(-X --setting -m --mechanism)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --iterations --password-file --password-command)
    __skafka_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users create -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users create -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-m'|'--mechanism')
        __skafka_add_completions -W 'SCRAM-SHA-256'$'\n''SCRAM-SHA-512'
        return
        ;;
    '--iterations')
        return
        ;;
    '--password-file')
        __skafka_add_completions -f
        return
        ;;
    '--password-command')
        return
        ;;
    esac
}

_skafka_users_alter() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --dry-run --version -h --help)
    repeating_options=(-X --setting -m --mechanism)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --iterations --password-file --password-command)
    __skafka_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users alter -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users alter -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-m'|'--mechanism')
        __skafka_add_completions -W 'SCRAM-SHA-256'$'\n''SCRAM-SHA-512'
        return
        ;;
    '--iterations')
        return
        ;;
    '--password-file')
        __skafka_add_completions -f
        return
        ;;
    '--password-command')
        return
        ;;
    esac
}

_skafka_users_delete() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --if-exists --yes --dry-run --version -h --help)
    repeating_options=(-X --setting -m --mechanism)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users delete -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion users delete -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-m'|'--mechanism')
        __skafka_add_completions -W 'SCRAM-SHA-256'$'\n''SCRAM-SHA-512'
        return
        ;;
    esac
}

_skafka_copy() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --regex -r --follow --repartition --no-create --dry-run --version -h --help)
    repeating_options=(-X --setting --to-setting -t --topic -o --offset -c --config)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --to-bootstrap-server --to-bootstrap-servers --to-data-dir --to-command-config --to-profile --rename -p --partition -g --group --transactional-id --partitions --replication-factor -z --compression)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion copy -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion copy -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--to-bootstrap-server'|'--to-bootstrap-servers')
        return
        ;;
    '--to-data-dir')
        __skafka_add_completions -d
        return
        ;;
    '--to-command-config')
        __skafka_add_completions -f
        return
        ;;
    '--to-setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion copy -- --to-setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--to-profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion copy -- --to-profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion copy -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--rename')
        return
        ;;
    '-p'|'--partition')
        return
        ;;
    '-o'|'--offset')
        return
        ;;
    '-g'|'--group')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion copy -- --group "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--transactional-id')
        return
        ;;
    '--partitions')
        return
        ;;
    '--replication-factor')
        return
        ;;
    '-c'|'--config')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion copy -- --config "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-z'|'--compression')
        __skafka_add_completions -W 'none'$'\n''gzip'$'\n''snappy'$'\n''lz4'$'\n''zstd'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion copy -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_compare() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --last --ignore-order --headers --timestamps --version -h --help)
    repeating_options=(-X --setting --to-setting -t --topic -o --offset)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --to-bootstrap-server --to-bootstrap-servers --to-data-dir --to-command-config --to-profile -p --partition --max-differences)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion compare -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion compare -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--to-bootstrap-server'|'--to-bootstrap-servers')
        return
        ;;
    '--to-data-dir')
        __skafka_add_completions -d
        return
        ;;
    '--to-command-config')
        __skafka_add_completions -f
        return
        ;;
    '--to-setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion compare -- --to-setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--to-profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion compare -- --to-profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion compare -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-o'|'--offset')
        return
        ;;
    '-p'|'--partition')
        return
        ;;
    '--max-differences')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion compare -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_top() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --once --internal --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --interval --view --sort)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion top -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion top -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion top -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--interval')
        return
        ;;
    '--view')
        __skafka_add_completions -W 'topics'$'\n''groups'$'\n''brokers'
        return
        ;;
    '--sort')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion top -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_bench() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    produce|consume|latency)
        # Offer subcommand argument completions
        "_skafka_bench_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'produce consume latency' -- "${cur}"))
        ;;
    esac
}

_skafka_bench_produce() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --keep --version -h --help)
    repeating_options=(-X --setting --producer-props)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color -t --topic --partitions --size --record-size --compressible --acks -z --compression --linger --batch-size --producer.config --records --num-records --rate --throughput --producers)
    __skafka_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench produce -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench produce -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench produce -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--partitions')
        return
        ;;
    '--size'|'--record-size')
        return
        ;;
    '--compressible')
        return
        ;;
    '--acks')
        __skafka_add_completions -W '0'$'\n''1'$'\n''all'
        return
        ;;
    '-z'|'--compression')
        __skafka_add_completions -W 'none'$'\n''gzip'$'\n''snappy'$'\n''lz4'$'\n''zstd'
        return
        ;;
    '--linger')
        return
        ;;
    '--batch-size')
        return
        ;;
    '--producer-props')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench produce -- --producer-props "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--producer.config')
        __skafka_add_completions -f
        return
        ;;
    '--records'|'--num-records')
        return
        ;;
    '--rate'|'--throughput')
        return
        ;;
    '--producers')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench produce -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_bench_consume() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --from-latest --version -h --help)
    repeating_options=(-X --setting -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --records --messages --idle-timeout --fetch-size --consumer.config -g --group)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench consume -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench consume -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench consume -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--records'|'--messages')
        return
        ;;
    '--idle-timeout')
        return
        ;;
    '--fetch-size')
        return
        ;;
    '--consumer.config')
        __skafka_add_completions -f
        return
        ;;
    '-g'|'--group')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench consume -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_bench_latency() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --keep --version -h --help)
    repeating_options=(-X --setting --producer-props)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color -t --topic --partitions --size --record-size --compressible --acks -z --compression --linger --batch-size --producer.config --rate --duration --warm-up)
    __skafka_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench latency -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench latency -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-t'|'--topic')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench latency -- --topic "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--partitions')
        return
        ;;
    '--size'|'--record-size')
        return
        ;;
    '--compressible')
        return
        ;;
    '--acks')
        __skafka_add_completions -W '0'$'\n''1'$'\n''all'
        return
        ;;
    '-z'|'--compression')
        __skafka_add_completions -W 'none'$'\n''gzip'$'\n''snappy'$'\n''lz4'$'\n''zstd'
        return
        ;;
    '--linger')
        return
        ;;
    '--batch-size')
        return
        ;;
    '--producer-props')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench latency -- --producer-props "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--producer.config')
        __skafka_add_completions -f
        return
        ;;
    '--rate')
        return
        ;;
    '--duration')
        return
        ;;
    '--warm-up')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion bench latency -- positional@0 "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_skafka_dump-segment() {
    repeating_flags=()
    non_repeating_flags=(--batches --records --verify --strict --resync --kafka --deep-iteration --print-data-log --index-sanity-check --verify-index-only --skip-record-metadata --offsets-decoder --transaction-log-decoder --cluster-metadata-decoder --share-group-state-decoder --quiet -q --verbose -v --json --plain --version -h --help)
    repeating_options=(-X --setting)
    non_repeating_options=(--files --from --to --max-bytes --key-decoder-class --value-decoder-class --max-message-size -b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--files')
        return
        ;;
    '--from')
        return
        ;;
    '--to')
        return
        ;;
    '--max-bytes')
        return
        ;;
    '--key-decoder-class')
        __skafka_add_completions -W 'StringDecoder'$'\n''IntegerDecoder'$'\n''LongDecoder'
        return
        ;;
    '--value-decoder-class')
        __skafka_add_completions -W 'StringDecoder'$'\n''IntegerDecoder'$'\n''LongDecoder'
        return
        ;;
    '--max-message-size')
        return
        ;;
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion dump-segment -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion dump-segment -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __skafka_add_completions -f
        return
        ;;
    esac
}

_skafka_broker() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --ephemeral --version -h --help)
    repeating_options=(-X --setting --listen -t --topic)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color --advertise --auto-create-topics --sync --config --metrics)
    __skafka_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion broker -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion broker -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--listen')
        return
        ;;
    '--advertise')
        return
        ;;
    '-t'|'--topic')
        return
        ;;
    '--auto-create-topics')
        return
        ;;
    '--sync')
        __skafka_add_completions -W 'never'$'\n''interval'$'\n''acks-all'$'\n''every-batch'
        return
        ;;
    '--config')
        __skafka_add_completions -f
        return
        ;;
    '--metrics')
        return
        ;;
    esac
}

_skafka_shell() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --verbose -v --json --plain --keep-going --version -h --help)
    repeating_options=(-X --setting -c --command)
    non_repeating_options=(-b --bootstrap-server -d --data-dir -F --command-config --profile --timeout --color)
    __skafka_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '-b'|'--bootstrap-server')
        return
        ;;
    '-d'|'--data-dir')
        __skafka_add_completions -d
        return
        ;;
    '-X'|'--setting')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion shell -- --setting "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '-F'|'--command-config')
        __skafka_add_completions -f
        return
        ;;
    '--profile')
        __skafka_add_completions -W "$(__skafka_custom_complete ---completion shell -- --profile "${COMP_CWORD}" "$(__skafka_cursor_index_in_current_word)")"
        return
        ;;
    '--timeout')
        return
        ;;
    '--color')
        __skafka_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '-c'|'--command')
        return
        ;;
    esac
}

_skafka_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __skafka_offer_flags_options -1
}

complete -o filenames -F _skafka skafka
