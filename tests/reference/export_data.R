# Exports the data sets of the R packages to tests/reference/data/.
# Run once from the repository root: Rscript tests/reference/export_data.R
# Numbers carry 15 significant digits, or 17 where 15 do not round-trip.

out <- file.path("tests", "reference", "data")
dir.create(out, recursive = TRUE, showWarnings = FALSE)

text <- function(v) {
  if (is.factor(v)) return(as.character(v))
  if (!is.numeric(v)) return(v)
  s <- sprintf("%.15g", v)
  lossy <- !is.na(v) & as.numeric(s) != v
  s[lossy] <- sprintf("%.17g", v[lossy])
  s[is.na(v)] <- ""
  s
}

save_csv <- function(d, name) {
  write.csv(as.data.frame(lapply(d, text)), file.path(out, paste0(name, ".csv")),
            row.names = FALSE, quote = FALSE, eol = "\n")
}

load_data <- function(name, package) {
  env <- new.env()
  data(list = name, package = package, envir = env)
  env[[name]]
}

save_csv(load_data("Grunfeld", "plm"), "Grunfeld")
save_csv(load_data("Produc", "plm"), "Produc")
save_csv(load_data("PetersenCL", "sandwich"), "PetersenCL")
save_csv(load_data("PSID1976", "AER"), "PSID1976")

empl <- load_data("EmplUK", "plm")
save_csv(empl, "EmplUK")

# Firms whose number divides by four keep their first year only: 35 singletons.
first <- !duplicated(empl$firm)
save_csv(empl[empl$firm %% 4 != 0 | first, ], "EmplUK_singletons")

# The package's rows are stacked by person without identifiers: 595 x 7 years.
wages <- load_data("Wages", "plm")
wages <- cbind(id = rep(1:595, each = 7), year = rep(1976:1982, 595), wages)
save_csv(wages, "Wages")
