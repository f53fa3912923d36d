function __skafka_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __skafka_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __skafka_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __skafka_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __skafka_parse_tokens -S
    set -l unparsed_tokens (__skafka_tokens -pc)
    switch $unparsed_tokens[1]
    case 'skafka'
        __skafka_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'produce'
            __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 't/topic=' 'k/key=' 'K/key-delimiter=' 'D/delimiter=' 'H/header=+' 'p/partition=' 'z/compression=' 'Z/null' 'l/lines' 'f/format=' 'J' 'timestamp=' 'acks=' 'partitioner=' 'idempotent' 'no-idempotent' 'linger=' 'batch-size=' 'report=' 'on-error=' 'version' 'h/help'
        case 'consume'
            __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 't/topic=+' 'o/offset=+' 'e/exit' 'c/max-messages=' 'p/partition=' 'r/regex' 'f/format=' 'J' 'key-encoding=' 'value-encoding=' 'isolation-level=' 'idle-timeout=' 'u/unbuffered' 'print-control' 'version' 'h/help'
        case 'topics'
            __skafka_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'list'
                __skafka_parse_subcommand 0 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 'internal' 'version' 'h/help'
            case 'describe'
                __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 't/topic=+' 'under-replicated' 'unavailable' 'version' 'h/help'
            case 'create'
                __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 't/topic=+' 'partitions=' 'replication-factor=' 'c/config=+' 'if-not-exists' 'dry-run' 'version' 'h/help'
            case 'alter'
                __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 't/topic=+' 'partitions=' 'c/config=+' 'delete-config=+' 'dry-run' 'version' 'h/help'
            case 'trim'
                __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 't/topic=+' 'to=' 'p/partition=' 'yes' 'dry-run' 'version' 'h/help'
            case 'delete'
                __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 't/topic=+' 'if-exists' 'r/regex' 'yes' 'dry-run' 'version' 'h/help'
            end
        case 'offsets'
            __skafka_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'get'
                __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 't/topic=+' 'time=' 'p/partition=' 'version' 'h/help'
            end
        case 'dump-segment'
            __skafka_parse_subcommand -r 1 'files=' 'batches' 'records' 'verify' 'from=' 'to=' 'max-bytes=' 'strict' 'resync' 'kafka' 'deep-iteration' 'print-data-log' 'index-sanity-check' 'verify-index-only' 'skip-record-metadata' 'offsets-decoder' 'transaction-log-decoder' 'cluster-metadata-decoder' 'share-group-state-decoder' 'key-decoder-class=' 'value-decoder-class=' 'max-message-size=' 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 'version' 'h/help'
        case 'broker'
            __skafka_parse_subcommand -r 1 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 'listen=+' 'advertise=' 'ephemeral' 't/topic=+' 'auto-create-topics=' 'sync=' 'config=' 'metrics=' 'version' 'h/help'
        case 'shell'
            __skafka_parse_subcommand 0 'b/bootstrap-server=' 'd/data-dir=' 'X/setting=+' 'F/command-config=' 'q/quiet' 'v/verbose' 'timeout=' 'json' 'plain' 'color=' 'c/command=+' 'keep-going' 'version' 'h/help'
        case 'help'
            __skafka_parse_subcommand -r 1 'version'
        end
    end
end

function __skafka_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __skafka_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __skafka_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __skafka_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__skafka_tokens -p)
    if test -z "$(__skafka_tokens -t)"
        set -l index (count (__skafka_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'skafka' -f
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka" -eq 1' -fa 'produce' -d 'Write records to a topic, one a line of standard input by default.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka" -eq 1' -fa 'consume' -d 'Read records, to standard output.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka" -eq 1' -fa 'topics' -d 'List, describe, create, change, trim and delete topics.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka" -eq 1' -fa 'offsets' -d 'Look up offsets of partitions.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka" -eq 1' -fa 'dump-segment' -d 'Decode a log directory\'s files, without a broker.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka" -eq 1' -fa 'broker' -d 'The embedded broker, as a server or around a command.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka" -eq 1' -fa 'shell' -d 'The same commands, interactively, over one warm connection.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion produce -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" t topic' -s 't' -l 'topic' -d 'The topic, in place of the argument.' -rfka '(__skafka_custom_completion ---completion produce -- --topic (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka produce" -ge 1' -fka '(__skafka_custom_completion ---completion produce -- positional@0 (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" k key' -s 'k' -l 'key' -d 'One key for all records.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" K key-delimiter' -s 'K' -l 'key-delimiter' -d 'What stands between key and value in a line.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" D delimiter' -s 'D' -l 'delimiter' -d 'What ends a record. (default: \\n)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce"' -s 'H' -l 'header' -d 'A header for all records; NAME= is empty, NAME alone null; repeatable.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" p partition' -s 'p' -l 'partition' -d 'The partition for all records.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" compression z' -s 'z' -l 'compression' -d 'none, gzip, snappy, lz4 or zstd, with :LEVEL if wanted.' -rfka 'none gzip snappy lz4 zstd'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" Z null' -s 'Z' -l 'null' -d 'An empty key or value is null.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" l lines' -s 'l' -l 'lines' -d 'Files hold a record a line.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" f format' -s 'f' -l 'format' -d 'How a record looks in the input: %k %v %t %p %T %h, %K{big32} for lengths.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" J' -s 'J' -d 'Input is JSON Lines, as consume -J prints (also --json).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" timestamp' -l 'timestamp' -d 'One timestamp for all records.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" acks' -l 'acks' -d 'When a record counts as delivered: 0, 1 or all. (default: all)' -rfka '0 1 all'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" partitioner' -l 'partitioner' -d 'murmur2, random, sticky or consistent. (default: murmur2)' -rfka 'murmur2 random sticky consistent'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" idempotent' -l 'idempotent' -d 'Whether brokers drop duplicates that repetitions make. (default: on)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" no-idempotent' -l 'no-idempotent' -d 'Whether brokers drop duplicates that repetitions make. (default: on)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" linger' -l 'linger' -d 'How long a batch waits for more while input flows. (default: 5ms)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" batch-size' -l 'batch-size' -d 'Largest batch, before compression.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" report' -l 'report' -d 'Print a line for each acknowledged record: %t %p %o.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" on-error' -l 'on-error' -d 'stop or continue after a record that cannot be read or delivered.' -rfka 'stop continue'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka produce" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion consume -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume"' -s 't' -l 'topic' -d 'A topic, as the arguments are; repeatable.' -rfka '(__skafka_custom_completion ---completion consume -- --topic (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka consume" -ge 1' -fka '(__skafka_custom_completion ---completion consume -- positional@0 (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume"' -s 'o' -l 'offset' -d 'Where to begin, or a range. (default: beginning with -e, else end)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" e exit' -s 'e' -l 'exit' -d 'End where the end is now.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" c max-messages n' -s 'c' -s 'n' -l 'max-messages' -d 'End after so many records.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" p partition' -s 'p' -l 'partition' -d 'Partitions, as 0,2-4. (default: all)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" r regex' -l 'regex' -s 'r' -d 'Topics are regular expressions, taken once at the start.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" f format' -s 'f' -l 'format' -d 'How a record is printed. (default: %v\\n)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" J' -s 'J' -d 'JSON Lines (also --json).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" key-encoding' -l 'key-encoding' -d 'utf8, hex, base64 or json.' -rfka 'utf8 hex base64 json'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" value-encoding' -l 'value-encoding' -d 'utf8, hex, base64 or json.' -rfka 'utf8 hex base64 json'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" isolation-level' -l 'isolation-level' -d 'read_committed or read_uncommitted. (default: read_committed)' -rfka 'read_committed read_uncommitted'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" idle-timeout' -l 'idle-timeout' -d 'End when nothing came for so long.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" u unbuffered' -s 'u' -l 'unbuffered' -d 'Write each record at once.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" print-control' -l 'print-control' -d 'Show transactions\' markers too.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka consume" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics" -eq 1' -fa 'list' -d 'What topics there are.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics" -eq 1' -fa 'describe' -d 'Partitions, leaders, offsets, sizes and settings of topics.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics" -eq 1' -fa 'create' -d 'Make topics.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics" -eq 1' -fa 'alter' -d 'Change settings of topics, add partitions.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics" -eq 1' -fa 'trim' -d 'Delete the older records of topics.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics" -eq 1' -fa 'delete' -d 'Delete topics with all their records.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion topics list -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" internal' -l 'internal' -d 'Topics that Kafka keeps for itself too.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion topics describe -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe"' -s 't' -l 'topic' -d 'A topic, as the arguments are; repeatable.' -rfka '(__skafka_custom_completion ---completion topics describe -- --topic (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics describe" -ge 1' -fka '(__skafka_custom_completion ---completion topics describe -- positional@0 (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" under-replicated' -l 'under-replicated' -d 'Only partitions with replicas that are not in sync.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" unavailable' -l 'unavailable' -d 'Only partitions without a leader.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics describe" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion topics create -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create"' -s 't' -l 'topic' -d 'A topic, as the arguments are; repeatable.' -rfka '(__skafka_custom_completion ---completion topics create -- --topic (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics create" -ge 1' -fka '(__skafka_custom_completion ---completion topics create -- positional@0 (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" partitions' -l 'partitions' -d 'Partitions. (default: the broker\'s)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" replication-factor' -l 'replication-factor' -d 'Replicas. (default: the broker\'s)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create"' -s 'c' -l 'config' -d 'A setting of the topics; repeatable.' -rfka '(__skafka_custom_completion ---completion topics create -- --config (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" if-not-exists' -l 'if-not-exists' -d 'A topic that is there already is no failure.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" dry-run' -l 'dry-run' -d 'Only check whether they could be made.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics create" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion topics alter -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter"' -s 't' -l 'topic' -d 'A topic, as the arguments are; repeatable.' -rfka '(__skafka_custom_completion ---completion topics alter -- --topic (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics alter" -ge 1' -fka '(__skafka_custom_completion ---completion topics alter -- positional@0 (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" partitions' -l 'partitions' -d 'Partitions, with those that there are.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter"' -s 'c' -l 'config' -d 'A setting of the topics; repeatable.' -rfka '(__skafka_custom_completion ---completion topics alter -- --config (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter"' -l 'delete-config' -d 'A setting that gets its default again; repeatable.' -rfka '(__skafka_custom_completion ---completion topics alter -- --delete-config (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" dry-run' -l 'dry-run' -d 'Only check whether it could be done.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics alter" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion topics trim -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim"' -s 't' -l 'topic' -d 'A topic, as the arguments are; repeatable.' -rfka '(__skafka_custom_completion ---completion topics trim -- --topic (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics trim" -ge 1' -fka '(__skafka_custom_completion ---completion topics trim -- positional@0 (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" to' -l 'to' -d 'Where each partition begins then: N, -N (the last N), @TIME, end. (default: end)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" p partition' -s 'p' -l 'partition' -d 'Partitions, as 0,2-4. (default: all)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" yes' -l 'yes' -d 'Do not ask.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" dry-run' -l 'dry-run' -d 'Only show what would be deleted.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics trim" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion topics delete -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete"' -s 't' -l 'topic' -d 'A topic, as the arguments are; repeatable.' -rfka '(__skafka_custom_completion ---completion topics delete -- --topic (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka topics delete" -ge 1' -fka '(__skafka_custom_completion ---completion topics delete -- positional@0 (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" if-exists' -l 'if-exists' -d 'A topic that is not there is no failure.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" r regex' -l 'regex' -s 'r' -d 'Topics are regular expressions for whole names.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" yes' -l 'yes' -d 'Do not ask.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" dry-run' -l 'dry-run' -d 'Only show what would be deleted.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka topics delete" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka offsets" -eq 1' -fa 'get' -d 'Offsets of partitions, at the end or by time.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion offsets get -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get"' -s 't' -l 'topic' -d 'A topic, as the arguments are; repeatable.' -rfka '(__skafka_custom_completion ---completion offsets get -- --topic (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka offsets get" -ge 1' -fka '(__skafka_custom_completion ---completion offsets get -- positional@0 (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" time' -l 'time' -d 'earliest, latest, max-timestamp, or a time: ms, RFC 3339, a date, -90m.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" p partition' -s 'p' -l 'partition' -d 'Partitions, as 0,2-4. (default: all)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka offsets get" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_positional "skafka dump-segment" -ge 1' -F
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" files' -l 'files' -d 'Files, with commas between them.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" batches' -l 'batches' -d 'Print the batches and entries of a directory\'s files, not only a summary.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" records' -l 'records' -d 'Print the records of the batches.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" verify' -l 'verify' -d 'Check transaction indexes against the log, too.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" from' -l 'from' -d 'First offset of interest; an index saves reading what lies before.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" to' -l 'to' -d 'Last offset of interest.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" max-bytes' -l 'max-bytes' -d 'Read no more of each log, from its start.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" strict' -l 'strict' -d 'Take warnings for corruption.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" resync' -l 'resync' -d 'Go on behind bad bytes, at the next intact batch.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" kafka' -l 'kafka' -d 'Print what Kafka 3.9\'s kafka-dump-log prints.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" deep-iteration' -l 'deep-iteration' -d 'As in Kafka: look into the batches; elsewhere the same as --records.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" print-data-log' -l 'print-data-log' -d 'As in Kafka: print keys and values; elsewhere the same as --records.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" index-sanity-check' -l 'index-sanity-check' -d 'As in Kafka: say whether a broker would take the indexes; elsewhere --verify.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" verify-index-only' -l 'verify-index-only' -d 'As in Kafka: check indexes without printing their entries.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" skip-record-metadata' -l 'skip-record-metadata' -d 'As in Kafka: print keys and values alone.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" offsets-decoder' -l 'offsets-decoder' -d 'As in Kafka: take records for those of __consumer_offsets.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" transaction-log-decoder' -l 'transaction-log-decoder' -d 'As in Kafka: take records for those of __transaction_state.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" cluster-metadata-decoder' -l 'cluster-metadata-decoder' -d 'As in Kafka: take records for those of __cluster_metadata.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" share-group-state-decoder' -l 'share-group-state-decoder' -d 'As in Kafka: take records for those of __share_group_state.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" key-decoder-class' -l 'key-decoder-class' -d 'As in Kafka: StringDecoder, IntegerDecoder or LongDecoder; decodes nothing else.' -rfka 'StringDecoder IntegerDecoder LongDecoder'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" value-decoder-class' -l 'value-decoder-class' -d 'As in Kafka: the same for values.' -rfka 'StringDecoder IntegerDecoder LongDecoder'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" max-message-size' -l 'max-message-size' -d 'As in Kafka; indexes are compared with batches of any size here.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion dump-segment -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka dump-segment" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion broker -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker"' -l 'listen' -d 'Where to listen; port 0 picks one; repeatable. (default: 127.0.0.1:9092)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" advertise' -l 'advertise' -d 'What clients are told to connect to. (default: where it listens)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" ephemeral' -l 'ephemeral' -d 'A temporary data directory, removed at the end.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker"' -s 't' -l 'topic' -d 'A topic to make unless it is there; repeatable.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" auto-create-topics' -l 'auto-create-topics' -d 'Whether using a topic makes it. (default: true)' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" sync' -l 'sync' -d 'never, interval, acks-all or every-batch. (default: acks-all)' -rfka 'never interval acks-all every-batch'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" config' -l 'config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" metrics' -l 'metrics' -d 'Where Prometheus finds metrics, at /metrics; port 0 picks one.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka broker" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" b bootstrap-server' -s 'b' -l 'bootstrap-server' -d 'Brokers to ask first.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" d data-dir' -s 'd' -l 'data-dir' -d 'Use the embedded broker on this directory.' -rfa '(__skafka_complete_directories)'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell"' -s 'X' -l 'setting' -d 'A setting, by Kafka\'s or librdkafka\'s name; repeatable.' -rfka '(__skafka_custom_completion ---completion shell -- --setting (count (__skafka_tokens -pc)) (__skafka_tokens -tC))'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" F command-config' -s 'F' -l 'command-config' -d 'Settings from a .properties file.' -rF
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" q quiet' -l 'quiet' -s 'q' -d 'Say nothing but errors.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" v verbose' -l 'verbose' -s 'v' -d 'Say more about what happens.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" timeout' -l 'timeout' -d 'How long to wait for a broker.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" json' -l 'json' -d 'One JSON document (JSON Lines where records stream).'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" plain' -l 'plain' -d 'Rows without header, tabs between the cells.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" color' -l 'color' -d 'auto, always or never.' -rfka 'auto always never'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell"' -s 'c' -l 'command' -d 'Run this, ; or lines between commands, then end; repeatable.' -rfka ''
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" keep-going' -l 'keep-going' -d 'Go on after a command that failed.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" version' -l 'version' -d 'Show the version.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka shell" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'skafka' -n '__skafka_should_offer_completions_for_flags_or_options "skafka help" version' -l 'version' -d 'Show the version.'
