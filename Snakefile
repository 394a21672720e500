include: "workflow/Snakefile"


rule study_and_report:
    default_target: True
    input:
        rules.all.input,
    localrule: True
